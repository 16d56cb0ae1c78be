import type { JsonObject } from '../../../src/server/couch/json';
import { RevisionTree, type Revision, type RevisionNames } from './revisions';

/** A change of one document, as the coordinating node sends it to every copy. */
export interface DocumentChange {
  id: string;
  /** The revision that it is based on. */
  base?: string;
  isDeleted: boolean;
  body: JsonObject;
}

export type CopyReply = { kind: 'ok'; rev: string } | { kind: 'conflict' } | { kind: 'no-database' };

interface Copy {
  documents: Map<string, RevisionTree>;
  /** `_local` documents: on this node only, whatever the others have. */
  locals: Map<string, { generation: number; body: JsonObject }>;
  security: JsonObject;
  /** Ids in the order of their changes; only the last position of each counts. */
  feed: string[];
}

const emptyCopy = (): Copy => ({ documents: new Map(), locals: new Map(), security: {}, feed: [] });

/** One node: its copies of all databases, which lag behind the others' until it has caught up. */
export class ClusterNode {
  isUp = true;
  /** Counts its starts: an answer from an earlier run never comes. */
  life = 0;
  /** Counts the machines that had its name. */
  replaced = 0;
  readonly copies = new Map<string, Copy>();
  /** How far it has read each other node's feeds, by node and database. */
  readonly #read = new Map<string, number>();

  constructor(
    readonly name: string,
    private readonly names: RevisionNames,
  ) {}

  /** A new machine under the old name. */
  replace(): void {
    this.replaced += 1;
    this.copies.clear();
    this.#read.clear();
  }

  /** How far another node was read no longer counts once that was replaced. */
  forgetReading(other: ClusterNode): void {
    for (const key of this.#read.keys()) if (key.startsWith(`${other.name}/`)) this.#read.delete(key);
  }

  make(database: string): void {
    if (!this.copies.has(database)) this.copies.set(database, emptyCopy());
  }

  change(database: string, change: DocumentChange): CopyReply {
    const copy = this.copies.get(database);
    if (copy === undefined) return { kind: 'no-database' };
    if (change.id.startsWith('_local/')) return this.#changeLocal(copy, change);
    const tree = copy.documents.get(change.id) ?? new RevisionTree();
    const base = tree.baseFor(change.base);
    if (base === 'conflict') return { kind: 'conflict' };
    const { id, isDeleted, body } = change;
    const rev = this.names.of(id, base?.rev, isDeleted, body);
    this.#add(copy, id, tree, { rev, isDeleted, body, ...(base && { parent: base.rev }) });
    return { kind: 'ok', rev };
  }

  #add(copy: Copy, id: string, tree: RevisionTree, revision: Revision): void {
    tree.add(revision);
    copy.documents.set(id, tree);
    copy.feed.push(id);
  }

  /**
   * For a `_local` document CouchDB doesn't require a matching revision: it counts up from the one that is
   * given.
   */
  #changeLocal({ locals }: Copy, { id, base, isDeleted, body }: DocumentChange): CopyReply {
    const generation = Number(base?.split('-')[1] ?? 0) + 1;
    if (isDeleted) locals.delete(id);
    else locals.set(id, { generation, body });
    return { kind: 'ok', rev: `0-${generation}` };
  }

  open(database: string, id: string): Revision | undefined | 'no-database' {
    const copy = this.copies.get(database);
    if (copy === undefined) return 'no-database';
    const local = copy.locals.get(id);
    if (local) return { rev: `0-${local.generation}`, isDeleted: false, body: local.body };
    return copy.documents.get(id)?.winner();
  }

  /** Revisions of one document that come from elsewhere. */
  takeOver(database: string, id: string, theirs: RevisionTree): void {
    this.make(database);
    const copy = this.copies.get(database) ?? emptyCopy();
    const tree = copy.documents.get(id) ?? new RevisionTree();
    if (!tree.merge(theirs)) return;
    copy.documents.set(id, tree);
    copy.feed.push(id);
  }

  /** Reads what it has not read yet of another node; returns whether there was anything. */
  catchUpWith(other: ClusterNode): boolean {
    let isNews = false;
    for (const [database, theirs] of other.copies) {
      const isNew = !this.copies.has(database);
      this.make(database);
      const copy = this.copies.get(database);
      if (isNew && copy) copy.security = theirs.security;
      const key = `${other.name}/${database}`;
      const from = this.#read.get(key) ?? 0;
      for (const id of theirs.feed.slice(from)) {
        const tree = theirs.documents.get(id);
        if (tree) this.takeOver(database, id, tree);
      }
      if (isNew || theirs.feed.length > from) isNews = true;
      this.#read.set(key, theirs.feed.length);
    }
    return isNews;
  }

  /** Whether it has not read all of another node. */
  isBehind(other: ClusterNode): boolean {
    return [...other.copies].some(
      ([database, { feed }]) =>
        !this.copies.has(database) || (this.#read.get(`${other.name}/${database}`) ?? 0) < feed.length,
    );
  }
}
