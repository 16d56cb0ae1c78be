import type { LogDocument } from '../../src/lib/documents/visits/visit-documents';
import type { Instant } from '../../src/lib/domain/time/day';
import type { FakeDatabase, FakeServer } from '../fake-server';
import { tolerated } from './dating';
import { sortedJson } from './effect';
import type { Held } from './held';
import { databases } from './office';

interface Made {
  document: LogDocument;
  database: string;
  /** Name of the desk. */
  by: string;
  /** When it was made, by a clock that is right. */
  at: Instant;
  /** R13: the device has dated it for good; before that nobody else may have it. */
  isConfirmed: boolean;
}

/** What dating a document may change. */
const datedBy = (document: LogDocument) => ({
  ...document,
  at: undefined,
  clockSkewMs: undefined,
  timeUncertain: undefined,
  previous: undefined,
});

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

  make(made: Made): void {
    const { _id } = made.document;
    if (this.made.has(_id)) this.violate(`S2 ${_id} was made twice`);
    this.made.set(_id, { ...made });
  }

  /** R13: what a desk has dated is from now on what it made. It is right, or says that it may be wrong. */
  confirm(desk: string, held: Held, now: Instant): void {
    this.seeServer();
    for (const [id, made] of this.made) {
      if (made.by !== desk || made.isConfirmed || held.outbox.get(id)?.stamp) continue;
      const dated = held.log.get(id);
      if (!dated) continue;
      made.isConfirmed = true;
      const before = made.document;
      made.document = dated;
      const isElsewhere = this.everStored.has(id) && !this.decided.has(id);
      if (isElsewhere) this.violate(`R13 ${id} was sent before it was dated`);
      if (sortedJson(datedBy(dated)) !== sortedJson(datedBy(before))) {
        this.violate(`R13 ${id} is another by more than its time`);
      }
      const at = Date.parse(dated.at);
      if (dated.at !== before.at && Math.abs(at - made.at) > tolerated) {
        this.violate(`R13 ${id} was corrected to ${dated.at}, and was at ${new Date(made.at).toISOString()}`);
      }
      if (dated.type === 'visit' && !dated.timeUncertain && at > now + tolerated) {
        this.violate(`R13 ${id} is dated ahead and does not say so`);
      }
    }
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
