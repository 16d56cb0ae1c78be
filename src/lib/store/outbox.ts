import type { LogDocument } from '$lib/documents/visits/visit-documents';
import { isSure } from '$lib/domain/time/confirm-time';
import type { Instant } from '$lib/domain/time/day';
import type { Refusal } from '$lib/sync/ports';
import { readStamp } from './clock';
import type { OutboxRow, TiskiDatabase } from './database';

/**
 * S1: puts a new document of this desk into the outbox, in the transaction that makes it. It may go at once
 * if the previous contact determines its time for good (R13); but nothing goes before a document that it may
 * have to be relinked to (S15).
 */
export async function sendNew(
  db: TiskiDatabase,
  database: string,
  document: LogDocument,
  { at, deviceNow }: { at: Instant; deviceNow: Instant },
): Promise<void> {
  const stamp = await readStamp(db, deviceNow);
  const row = { id: document._id, database, at, document };
  const isConfirmed = isSure(stamp) && !(await hasUnconfirmed(db));
  await db.outbox.add(isConfirmed ? { ...row, state: 'waiting' } : { ...row, state: 'unconfirmed', stamp });
}

/** R13: whether a document waits for a contact that determines when it was made. */
export async function hasUnconfirmed(db: TiskiDatabase): Promise<boolean> {
  return (await db.outbox.where('state').equals('unconfirmed').count()) > 0;
}

/** Everything still to be sent. */
const toSend = (db: TiskiDatabase) => db.outbox.where('state').anyOf('unconfirmed', 'waiting');

export function waitingCount(db: TiskiDatabase): Promise<number> {
  return toSend(db).count();
}

/** When the longest waiting document was made; undefined if nothing waits. */
export async function oldestWaiting(db: TiskiDatabase): Promise<Instant | undefined> {
  const rows = await toSend(db).toArray();
  return rows.length > 0 ? Math.min(...rows.map(({ at }) => at)) : undefined;
}

/** S4: what the server refused, with its reasons, the newest first. */
export async function listRefused(db: TiskiDatabase): Promise<OutboxRow[]> {
  return db.outbox.where('state').equals('refused').reverse().sortBy('at');
}

/**
 * S3: the server has them, so they need not be sent again. An answer that arrives after the device has
 * started on another copy of the database (S8) is about the old copy: `epoch` is the cursor's as it was when
 * the request was sent.
 */
export async function acknowledge(
  db: TiskiDatabase,
  database: string,
  ids: readonly string[],
  epoch: string | undefined,
): Promise<void> {
  await db.transaction('rw', db.outbox, db.cursors, async () => {
    if ((await db.cursors.get(database))?.epoch === epoch) await db.outbox.bulkDelete([...ids]);
  });
}

/** S4: kept, counted and listed, and not sent again. */
export async function refuse(db: TiskiDatabase, refusals: readonly Refusal[], at: Instant): Promise<void> {
  await db.transaction('rw', db.outbox, async () => {
    for (const { id, status, reason } of refusals) {
      await db.outbox.update(id, { state: 'refused', refusal: { status, reason, at } });
    }
  });
}

/** S13: after this many rounds in which the server fails on one document, the document is to blame. */
const mostSuspicions = 5;

/** S13: records that the server failed on documents that were alone in their request. */
export async function suspect(db: TiskiDatabase, suspects: readonly Refusal[], at: Instant): Promise<void> {
  await db.transaction('rw', db.outbox, async () => {
    for (const each of suspects) {
      const suspicions = ((await db.outbox.get(each.id))?.suspicions ?? 0) + 1;
      await db.outbox.update(each.id, { suspicions });
      if (suspicions >= mostSuspicions) await refuse(db, [each], at);
    }
  });
}

/** A refused document waits again: somebody has fixed the server or the desk's rights. */
export async function tryAgain(db: TiskiDatabase, id: string): Promise<void> {
  await db.transaction('rw', db.outbox, async () => {
    const row = await db.outbox.get(id);
    if (row?.state !== 'refused') return;
    const { database, at, document } = row;
    await db.outbox.put({ id, database, state: 'waiting', at, document });
  });
}
