import type { CouchReply } from '../../../src/server/couch/client';
import type { ClusterNode } from './cluster-node';
import type { FakeCluster } from './fake-cluster';
import type { Operation } from './requests';
import { RevisionTree, type Revision } from './revisions';

type Open = Extract<Operation, { kind: 'open' }>;
type Seen = Revision | undefined | 'no-database';

/**
 * Opens a document on the nodes that are up, until enough copies agree: `fabric_doc_open`. If they don't,
 * every node gets what was seen, and the winner is returned; a `_local` document is passed on to nobody.
 */
export function openEverywhere(
  cluster: FakeCluster,
  { database, id, copies, isAllLeaves }: Open,
  answer: (reply: CouchReply) => void,
): void {
  const replies: { node: ClusterNode; seen: Seen }[] = [];
  const nodes = cluster.up;
  let waiting = nodes.length;
  let isAnswered = false;
  const conclude = () => {
    if (isAnswered) return;
    const agreed = replies.find(
      ({ seen }) => replies.filter((each) => nameOf(each.seen) === nameOf(seen)).length >= copies,
    );
    if (waiting > 0 && !agreed) return;
    isAnswered = true;
    const read = replies.map(({ node }) => node);
    if (isAllLeaves) return answer(leavesOf(read, database, id));
    const isUnanimous = new Set(replies.map(({ seen }) => nameOf(seen))).size === 1;
    if (agreed && isUnanimous) return answer(documentReply(agreed.seen));
    if (!id.startsWith('_local/')) mend(cluster, read, database, id);
    answer(documentReply(winnerOf(replies.map(({ seen }) => seen))));
  };
  for (const node of nodes) {
    cluster.world.later(
      () => `${node.name} opens ${id}`,
      undefined,
      () => {
        waiting -= 1;
        if (node.isUp) replies.push({ node, seen: node.open(database, id) });
        conclude();
      },
    );
  }
}

const nameOf = (seen: Seen) =>
  typeof seen === 'object' ? seen.rev + JSON.stringify(seen.body) : String(seen);

/** What one of the nodes has, the others get. */
function mend(cluster: FakeCluster, read: readonly ClusterNode[], database: string, id: string): void {
  const trees = read.flatMap((node) => node.copies.get(database)?.documents.get(id) ?? []);
  for (const node of cluster.up) for (const tree of trees) node.takeOver(database, id, tree);
  cluster.catchUpLater();
}

function winnerOf(seen: readonly Seen[]): Seen {
  const found = seen.filter((each) => typeof each === 'object');
  if (found.length === 0) return seen.includes(undefined) ? undefined : seen[0];
  const tree = new RevisionTree();
  found.forEach(({ rev, isDeleted, body }) => tree.add({ rev, isDeleted, body }));
  return tree.winner();
}

function documentReply(seen: Seen): CouchReply {
  if (seen === 'no-database') {
    return { status: 404, body: { error: 'not_found', reason: 'Database does not exist.' } };
  }
  if (seen === undefined || seen.isDeleted) {
    const reason = seen === undefined ? 'missing' : 'deleted';
    return { status: 404, body: { error: 'not_found', reason } };
  }
  return { status: 200, body: { ...seen.body, _rev: seen.rev } };
}

function leavesOf(read: readonly ClusterNode[], database: string, id: string): CouchReply {
  const all = new RevisionTree();
  for (const node of read) {
    const tree = node.copies.get(database)?.documents.get(id);
    if (tree) all.merge(tree);
  }
  const leaves = all.leaves();
  if (leaves.length === 0) return documentReply(undefined);
  return {
    status: 200,
    body: leaves.map(({ rev, body, isDeleted }) => ({
      ok: { ...body, _rev: rev, ...(isDeleted && { _deleted: true }) },
    })),
  };
}
