import type { LogDocument } from '../../src/lib/documents/visit-documents';
import type { FakeDatabase, FakeServer } from '../fake-server';
import type { Held } from './held';
import { databases } from './office';

interface Made {
  document: LogDocument;
  database: string;
  /** Name of the desk. */
  by: string;
}

/** What the world knows and no program in it does: everything that was ever made, stored, refused and forgotten. */
export class Ledger {
  /** By desks, by id. */
  readonly made = new Map<string, Made>();
  /** Ids of what the office wrote: it may undo what a desk undid too, under the same id. */
  readonly decided = new Set<string>();
  /** Ids that some copy of the server once had. */
  readonly everStored = new Set<string>();
  /** Why the server ever refused a document, by id. */
  readonly refusals = new Map<string, Set<string>>();
  readonly violations: string[] = [];
  /** Ids that a desk forgot when it pruned. */
  readonly #forgotten = new Map<string, Set<string>>();
  readonly #seen = new Map<string, Pick<FakeDatabase, 'documents' | 'seq'>>();

  constructor(private readonly server: FakeServer) {}

  make(by: string, database: string, document: LogDocument): void {
    if (this.made.has(document._id)) this.violate(`S2 ${document._id} was made twice`);
    this.made.set(document._id, { document, database, by });
  }

  /** Ids of what a desk made of one type. */
  madeBy(desk: string, type: LogDocument['type']): string[] {
    return [...this.made]
      .filter(([, { by, document }]) => by === desk && document.type === type)
      .map(([id]) => id);
  }

  noteRefused(id: string, reason: string): void {
    this.refusals.set(id, (this.refusals.get(id) ?? new Set()).add(reason));
  }

  /** Looks at what the server has now, before a restore takes some of it away. */
  seeServer(): void {
    for (const name of databases) {
      const { documents, seq } = this.server.database(name);
      const seen = this.#seen.get(name);
      if (seen?.documents === documents && seen.seq === seq) continue;
      this.#seen.set(name, { documents, seq });
      for (const id of documents.keys()) this.everStored.add(id);
    }
  }

  hasForgotten = (desk: string, id: string): boolean => this.#forgotten.get(desk)?.has(id) ?? false;

  /** S9: pruning takes only what is old and sent. */
  forget(desk: string, before: Held, after: Held): void {
    const gone = [...before.log.keys()].filter((id) => !after.log.has(id));
    for (const id of gone) if (after.outbox.has(id)) this.violate(`S9 ${desk} forgot ${id} unsent`);
    this.#forgotten.set(desk, new Set([...(this.#forgotten.get(desk) ?? []), ...gone]));
  }

  violate(what: string): void {
    this.violations.push(what);
  }
}
