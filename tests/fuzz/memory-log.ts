import type { LogDocument, VisitDocument } from '../../src/lib/documents/visits/visit-documents';
import { day, type Instant } from '../../src/lib/domain/time/day';
import { isLogged, type Sorted } from './reading';
import { daysKept } from './worth-keeping';

/** Whose a document of the log is: that device gives it back to a server that lost it (S8). */
export const ownerOf = (document: LogDocument): string =>
  document.type === 'release' || document.type === 'resolution' ? document.by : document.desk;

/** S8: what the office may have made, which has no outbox to give it back from. */
function mayBeOffices(document: LogDocument): boolean {
  switch (document.type) {
    case 'void':
      return document.by !== undefined;
    case 'release':
      return document.reason !== 'undone';
    case 'resolution':
      return true;
    case 'visit':
    case 'choice':
      return false;
  }
}

interface LogRow {
  database: string;
  /** The pull from zero that last met it (S8). */
  run: number;
  document: LogDocument;
}

/** What a rule of the catalogue, or the card's own, can still count. */
type Matters = (visit: VisitDocument, now: Instant) => boolean;

/** What the device knows of the sectors' logs: its own, and other desks'. */
export class MemoryLog {
  readonly rows = new Map<string, LogRow>();

  constructor(
    private readonly matters: Matters,
    /** Whether a document has not reached the server. */
    private readonly isUnsent: (id: string) => boolean,
  ) {}

  apply(database: string, { readable, deleted }: Sorted, { run, now }: { run: number; now: Instant }): void {
    for (const document of readable) {
      if (!isLogged(document)) continue;
      const known = this.rows.get(document._id);
      if (known) known.run = run;
      else if (document.type !== 'visit' || this.matters(document, now)) {
        this.rows.set(document._id, { database, run, document });
      }
    }
    for (const id of deleted) if (!this.isUnsent(id)) this.rows.delete(id);
  }

  /** R13: an own one, as it is from now on. */
  replace(document: LogDocument): void {
    const row = this.rows.get(document._id);
    if (row) row.document = document;
  }

  ownedBy(accounts: readonly string[], database: string): LogDocument[] {
    return [...this.rows.values()]
      .filter((row) => row.database === database && accounts.includes(ownerOf(row.document)))
      .map(({ document }) => document);
  }

  /** S8: what somebody else decided, and the server has no more. */
  sweep(database: string, run: number, accounts: readonly string[]): void {
    for (const [id, row] of this.rows) {
      const isMet = row.run >= run || row.database !== database;
      if (!isMet && mayBeOffices(row.document) && !accounts.includes(ownerOf(row.document))) {
        this.rows.delete(id);
      }
    }
  }

  /** S11 */
  forgetAllBut(accounts: readonly string[]): void {
    for (const [id, { document }] of this.rows) {
      if (!accounts.includes(ownerOf(document))) this.rows.delete(id);
    }
  }

  /** S9 */
  prune(now: Instant): void {
    const isOld = ({ at }: LogDocument) => Date.parse(at) < now - daysKept * day;
    for (const [id, { document }] of this.rows) {
      if (document.type !== 'visit' || !isOld(document) || this.matters(document, now)) continue;
      if (!this.isUnsent(id) && !this.isUnsent(`void:${id}`)) this.rows.delete(id);
    }
    for (const [id, { document }] of this.rows) {
      if (document.type === 'void' && isOld(document) && !this.rows.has(document.visit)) this.rows.delete(id);
    }
  }
}
