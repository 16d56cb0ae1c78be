import type { JsonObject } from '../../../src/server/couch/json';
import type { Random } from '../random';

/** One revision of a document, the same on every node that has it. */
export interface Revision {
  rev: string;
  /** Absent for a first one. */
  parent?: string;
  isDeleted: boolean;
  /** Without `_rev`. */
  body: JsonObject;
}

const generationOf = (rev: string) => Number.parseInt(rev, 10);

/** CouchDB's order: those not deleted first, then the longer history, then the greater hash. */
const beats = (a: Revision, b: Revision) =>
  a.isDeleted !== b.isDeleted
    ? b.isDeleted
    : generationOf(a.rev) !== generationOf(b.rev)
      ? generationOf(a.rev) > generationOf(b.rev)
      : a.rev > b.rev;

/**
 * Everything that one node has of a document: branches appear if nodes accepted different changes of one
 * revision.
 */
export class RevisionTree {
  readonly #revisions = new Map<string, Revision>();
  readonly #parents = new Set<string>();

  /** The ends of the branches, the winner first. */
  leaves(): Revision[] {
    return [...this.#revisions.values()]
      .filter(({ rev }) => !this.#parents.has(rev))
      .sort((a, b) => (beats(a, b) ? -1 : 1));
  }

  winner = (): Revision | undefined => this.leaves()[0];

  has = (rev: string): boolean => this.#revisions.has(rev);

  /**
   * The revision that a change follows: undefined for a new document, `conflict` if the change is based on
   * what is no longer a leaf, or on nothing although there is something.
   */
  baseFor(given: string | undefined): Revision | undefined | 'conflict' {
    const leaves = this.leaves();
    if (given !== undefined) return leaves.find(({ rev }) => rev === given) ?? 'conflict';
    return leaves[0]?.isDeleted === false ? 'conflict' : leaves[0];
  }

  add(revision: Revision): void {
    this.#revisions.set(revision.rev, revision);
    if (revision.parent !== undefined) this.#parents.add(revision.parent);
  }

  /** What another node has, as replication brings it; returns whether any of it was new. */
  merge(other: RevisionTree): boolean {
    const missing = [...other.#revisions.values()].filter(({ rev }) => !this.has(rev));
    missing.forEach((revision) => this.add(revision));
    return missing.length > 0;
  }
}

/**
 * Names revisions: the same change of the same revision has the same name on every node, as in CouchDB, and
 * chance decides which of two different ones is the greater. Not the content, since passwords and ids differ
 * in every run.
 */
export class RevisionNames {
  readonly #names = new Map<string, string>();

  constructor(private readonly random: Random) {}

  of(id: string, parent: string | undefined, isDeleted: boolean, body: JsonObject): string {
    const key = JSON.stringify([id, parent, isDeleted, body]);
    let name = this.#names.get(key);
    if (name === undefined) {
      const hash = Math.floor(this.random.next() * 2 ** 48)
        .toString(16)
        .padStart(12, '0');
      name = `${parent === undefined ? 1 : generationOf(parent) + 1}-${hash}`;
      this.#names.set(key, name);
    }
    return name;
  }
}
