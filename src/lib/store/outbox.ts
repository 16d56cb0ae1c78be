import type { LogDocument } from '$lib/documents/visits/visit-documents';
import { isSure } from '$lib/domain/time/confirm-time';
import type { Instant } from '$lib/domain/time/day';
import type { Refusal } from '$lib/sync/ports';
import { readStamp } from './clock';
import type { OutboxRow, TiskiDatabase } from './database';

/**
 * S1: puts a document that this desk makes on its way, in the transaction that makes it. It may go at once when the
 * contact before tells its time for good (R13); but nothing goes before what it may have to be linked to anew (S15).
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

/** R13: whether something waits for a contact that says when it was made. */
export async function hasUnconfirmed(db: TiskiDatabase): Promise<boolean> {
  return (await db.outbox.where('state').equals('unconfirmed').count()) > 0;
}

/** Everything that is still to be sent. */
const toSend = (db: TiskiDatabase) => db.outbox.where('state').anyOf('unconfirmed', 'waiting');

export function waitingCount(db: TiskiDatabase): Promise<number> {
  return toSend(db).count();
}

/** When the longest waiting document was made; undefined when nothing waits. */
export async function oldestWaiting(db: TiskiDatabase): Promise<Instant | undefined> {
  const rows = await toSend(db).toArray();
  return rows.length > 0 ? Math.min(...rows.map(({ at }) => at)) : undefined;
}

/** S4: what the server would not take, with its reasons, the newest first. */
export async function listRefused(db: TiskiDatabase): Promise<OutboxRow[]> {
  return db.outbox.where('state').equals('refused').reverse().sortBy('at');
}

/**
 * S3: the server has them, and they need not be sent again. An answer that comes after the device has begun with
 * another copy of the database (S8) is one of the old copy: `epoch` is the cursor's of before the question.
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

/** S13: rounds in which the server may fail on one document before that is the document's fault. */
const mostSuspicions = 5;

/** S13: notes that the server failed on documents that were alone in their request. */
export async function suspect(db: TiskiDatabase, suspects: readonly Refusal[], at: Instant): Promise<void> {
  await db.transaction('rw', db.outbox, async () => {
    for (const each of suspects) {
      const suspicions = ((await db.outbox.get(each.id))?.suspicions ?? 0) + 1;
      await db.outbox.update(each.id, { suspicions });
      if (suspicions >= mostSuspicions) await refuse(db, [each], at);
    }
  });
}

/** A refused document waits again: somebody has mended the server or the desk's rights. */
export async function tryAgain(db: TiskiDatabase, id: string): Promise<void> {
  await db.transaction('rw', db.outbox, async () => {
    const row = await db.outbox.get(id);
    if (row?.state !== 'refused') return;
    const { database, at, document } = row;
    await db.outbox.put({ id, database, state: 'waiting', at, document });
  });
}
