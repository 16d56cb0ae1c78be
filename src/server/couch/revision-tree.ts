import type { Database } from './database';

/** What is known about a revision. Only a leaf's body is kept: the store compacts the others. */
export interface KnownRevision {
  rev: string;
  isLeaf: boolean;
  isDeleted: boolean;
}

/** PouchDB's own form: hash, status, and the revisions that follow. */
type Branch = [hash: string, facts: { deleted?: boolean }, next: Branch[]];
type Tree = { pos: number; ids: Branch }[];

interface WithTree {
  _getRevisionTree(id: string, done: (error: unknown, tree: Tree) => void): void;
}

/** Every revision that the store remembers for a document; empty if it never had one. One read. */
export function revisionsOf(database: Database, id: string): Promise<KnownRevision[]> {
  return new Promise((resolve) => {
    const store = database.pouch as unknown as WithTree;
    store._getRevisionTree(id, (error, tree) => resolve(error ? [] : flattened(tree)));
  });
}

function flattened(tree: Tree): KnownRevision[] {
  const known: KnownRevision[] = [];
  const waiting = tree.map(({ pos, ids }) => ({ pos, branch: ids }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { pos, branch } = next;
    const [hash, { deleted = false }, following] = branch;
    known.push({ rev: `${pos}-${hash}`, isLeaf: following.length === 0, isDeleted: deleted });
    for (const each of following) waiting.push({ pos: pos + 1, branch: each });
  }
  return known;
}
