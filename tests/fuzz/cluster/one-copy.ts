import type { CouchReply } from '../../../src/server/couch/client';
import type { JsonObject } from '../../../src/server/couch/json';
import type { ClusterNode } from './cluster-node';
import type { FakeCluster } from './fake-cluster';
import type { Operation } from './requests';
import { RevisionTree, type Revision } from './revisions';

type OneCopy = Exclude<Operation, { kind: 'open' } | { kind: 'change' }>;

const noDatabase: CouchReply = {
  status: 404,
  body: { error: 'not_found', reason: 'Database does not exist.' },
};

/**
 * What CouchDB reads from one copy of each shard, or from the node that was asked; and databases, which it
 * creates on all.
 */
export function readOneCopy(cluster: FakeCluster, asked: ClusterNode, operation: OneCopy): CouchReply {
  if (operation.kind === 'databases') return { status: 200, body: [...asked.copies.keys()].sort() };
  const { database } = operation;
  const isThere = asked.copies.has(database);
  if (operation.kind === 'make-database') {
    if (isThere) return { status: 412, body: { error: 'file_exists', reason: 'It exists.' } };
    cluster.up.forEach((node) => node.make(database));
    return { status: cluster.up.length > 1 ? 201 : 202, body: { ok: true } };
  }
  const copy = asked.copies.get(database);
  if (!copy) return noDatabase;
  switch (operation.kind) {
    case 'database':
      return { status: 200, body: { db_name: database } };
    case 'security':
      return { status: 200, body: copy.security };
    case 'put-security': {
      for (const node of cluster.up) {
        const theirs = node.copies.get(database);
        if (theirs) theirs.security = operation.security;
      }
      return cluster.up.length > 1
        ? { status: 200, body: { ok: true } }
        : { status: 500, body: { error: 'error', reason: 'no_majority' } };
    }
    case 'all-docs':
      return allDocs(cluster, database, operation.query, operation.keys);
    case 'changes':
      return changes(cluster, database, operation.query);
  }
}

const withRev = ({ rev, body }: Revision): JsonObject => ({ ...body, _rev: rev });

/** The other branches that aren't deleted. */
function rivals(tree: RevisionTree): { _conflicts?: string[] } {
  const [, ...others] = tree.leaves().filter(({ isDeleted }) => !isDeleted);
  return others.length > 0 ? { _conflicts: others.map(({ rev }) => rev) } : {};
}

/** A range comes from one copy; documents given by key are each opened, as `fabric_view_all_docs` does. */
function allDocs(
  cluster: FakeCluster,
  database: string,
  query: URLSearchParams,
  keys: readonly string[] | undefined,
): CouchReply {
  const { random } = cluster.world;
  const having = cluster.up.filter(({ copies }) => copies.has(database));
  const copy = having.length > 0 ? random.pick(having).copies.get(database) : undefined;
  if (!copy) return noDatabase;
  const row = (id: string, found: Revision) => ({
    id,
    key: id,
    value: { rev: found.rev },
    doc: withRev(found),
  });
  const rivalsOf = (tree: RevisionTree) => (query.get('conflicts') === 'true' ? rivals(tree) : {});
  if (keys) {
    const read = having.slice(0, 2);
    const rows = keys.map((key) => {
      const tree = new RevisionTree();
      for (const node of read) {
        const theirs = node.copies.get(database)?.documents.get(key);
        if (theirs) tree.merge(theirs);
      }
      const found = tree.winner();
      return found && !found.isDeleted ? row(key, found) : { key, error: 'not_found' };
    });
    return { status: 200, body: { rows } };
  }
  const bound = (name: string) => JSON.parse(query.get(name) ?? 'null') as string | null;
  const [from, to, limit] = [
    bound('startkey') ?? '',
    bound('endkey') ?? '\uffff',
    Number(query.get('limit') ?? 1e6),
  ];
  const rows = [...copy.documents]
    .filter(([id]) => id >= from && id <= to)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([id, tree]) => {
      const found = tree.winner();
      if (!found || found.isDeleted) return [];
      const { doc, ...rest } = row(id, found);
      return [{ ...rest, doc: { ...doc, ...rivalsOf(tree) } }];
    });
  return { status: 200, body: { rows: rows.slice(0, limit) } };
}

/**
 * One copy's feed. A position in the feed of another copy, which does not answer, means nothing here: it is
 * read from the start.
 */
function changes(cluster: FakeCluster, database: string, query: URLSearchParams): CouchReply {
  const having = cluster.up.filter(({ copies }) => copies.has(database));
  if (having.length === 0) return noDatabase;
  const [place = '0', name = '', life = ''] = (query.get('since') ?? '0').split('-');
  const same = having.find((node) => node.name === name && String(node.replaced) === life);
  const node = same ?? cluster.world.random.pick(having);
  const from = same ? Number(place) : 0;
  const copy = node.copies.get(database);
  const limit = Number(query.get('limit') ?? 1e6);
  const feed = copy?.feed ?? [];
  const results = [];
  let at = from;
  for (; at < feed.length && results.length < limit; at++) {
    const id = feed[at] ?? '';
    if (feed.indexOf(id, at + 1) >= 0) continue;
    const tree = copy?.documents.get(id);
    const found = tree?.winner();
    if (!tree || !found) continue;
    const doc = { ...withRev(found), ...rivals(tree) };
    results.push({ id, seq: `${at + 1}-${node.name}-${node.replaced}`, doc, changes: [{ rev: found.rev }] });
  }
  return { status: 200, body: { results, last_seq: `${at}-${node.name}-${node.replaced}` } };
}
