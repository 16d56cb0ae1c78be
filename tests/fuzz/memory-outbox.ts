import type { Unconfirmed } from '../../src/lib/documents/visits/confirm-documents';
import type { LogDocument } from '../../src/lib/documents/visits/visit-documents';
import type { Stamp } from '../../src/lib/domain/time/confirm-time';
import type { Refusal } from '../../src/lib/sync/ports';
import { isCertain } from './dating';
import type { OutboxEntry } from './held';

/** S13, as the device has it. */
const mostSuspicions = 5;

/** S3, S4: what the server has not taken, and who is told when something begins to wait. */
export class MemoryOutbox {
  readonly entries = new Map<string, OutboxEntry>();
  readonly #listeners = new Set<() => void>();
  #lastCount = 0;

  has = (id: string): boolean => this.entries.has(id);

  /** Waits, unless it is here already: a refused one keeps its reason, but for another document's having its id. */
  offer(database: string, document: LogDocument): boolean {
    const row = this.entries.get(document._id);
    if (row && row.refusal?.status !== 409) return false;
    this.entries.set(document._id, { database, state: 'waiting', document });
    return true;
  }

  /** What this desk made just now (R13): it waits behind what no contact has dated yet. */
  sendNew(database: string, document: LogDocument, stamp: Stamp): void {
    const isConfirmed = isCertain(stamp) && this.unconfirmed().length === 0;
    const row = { database, document };
    this.entries.set(
      document._id,
      isConfirmed ? { ...row, state: 'waiting' } : { ...row, state: 'unconfirmed', stamp },
    );
  }

  unconfirmed(): Unconfirmed[] {
    return this.inOrder().flatMap(({ document, stamp }) => (stamp ? [{ document, stamp }] : []));
  }

  /** R13: so it is sent. */
  confirm(document: LogDocument): void {
    const row = this.entries.get(document._id);
    if (row) this.entries.set(document._id, { database: row.database, state: 'waiting', document });
  }

  /** As an index by id gives them. */
  inOrder(): OutboxEntry[] {
    return [...this.entries.values()].sort((a, b) => (a.document._id < b.document._id ? -1 : 1));
  }

  waiting(database: string, limit: number): LogDocument[] {
    return this.inOrder()
      .filter((row) => row.database === database && row.state === 'waiting')
      .slice(0, limit)
      .map(({ document }) => document);
  }

  acknowledge(ids: readonly string[]): void {
    for (const id of ids) this.entries.delete(id);
  }

  refuse(refusals: readonly Refusal[]): void {
    for (const { id, status, reason } of refusals) {
      const row = this.entries.get(id);
      if (row) this.entries.set(id, { ...row, state: 'refused', refusal: { status, reason } });
    }
  }

  suspect(suspects: readonly Refusal[]): void {
    for (const suspect of suspects) {
      const row = this.entries.get(suspect.id);
      if (!row) continue;
      const suspicions = (row.suspicions ?? 0) + 1;
      this.entries.set(suspect.id, { ...row, suspicions });
      if (suspicions >= mostSuspicions) this.refuse([suspect]);
    }
  }

  /** S4: a person puts it back among what waits. */
  tryAgain(id: string): void {
    const row = this.entries.get(id);
    if (row?.state !== 'refused') return;
    const { database, document } = row;
    this.entries.set(id, { database, state: 'waiting', document });
  }

  onWaiting(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#waitingCount() > 0) listener();
    return () => this.#listeners.delete(listener);
  }

  /** At the end of a transaction: a live query looks again when what it counts has changed. */
  tellWaiting(): void {
    const count = this.#waitingCount();
    if (count === this.#lastCount) return;
    this.#lastCount = count;
    if (count > 0) for (const listener of [...this.#listeners]) listener();
  }

  #waitingCount(): number {
    return [...this.entries.values()].filter(({ state }) => state !== 'refused').length;
  }
}
