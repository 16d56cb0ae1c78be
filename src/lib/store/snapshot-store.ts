import * as v from 'valibot';
import { rowsOfPart, unpackedRow } from '$lib/documents/packed/part';
import { isWorthPacking } from '$lib/documents/packed/snapshot-document';
import type { Instant } from '$lib/domain/day';
import { applyChanges, type PulledChange } from './apply-changes';
import { cardNumbers, keepReadable } from './apply-register';
import { maxKey, type CardRow, type CursorRow, type PackedBase, type TiskiDatabase } from './database';
import { registerDatabase } from './database-names';
import { readDevice } from './device';
import { contentTables, type Page } from './pull-store';
import { packedBase, registerTables } from './register';
import { noteRulesChanged } from './touched';
import { readSetting } from './settings';
import { isStorageFull } from './storage-full';

/** S18: the loading half of what sync/ports.ts calls a LocalStore. Rows wait beside the register until all are in. */

export interface SnapshotPart {
  /** The first of its rows. */
  first: number;
  rows: number;
}

export interface Snapshot {
  id: string;
  seq: string;
  cards: number;
  buckets: number;
  parts: readonly SnapshotPart[];
}

const rowsOf = (db: TiskiDatabase, id: string, from = 0, to = Infinity) =>
  db.packed.where('[snapshot+bucket]').between([id, from], [id, to], true, false);

/** The parts that the device has already; what else was left half loaded goes. */
export function stagedParts(db: TiskiDatabase, { id, parts }: Snapshot): Promise<Set<number>> {
  return db.transaction('rw', db.packed, db.cursors, async () => {
    await removeOthers(db, [id, (await packedBase(db))?.id]);
    const staged = new Set<number>();
    for (const [index, { first, rows }] of parts.entries()) {
      if ((await rowsOf(db, id, first, first + rows).count()) === rows) staged.add(index);
    }
    return staged;
  });
}

async function removeOthers(db: TiskiDatabase, kept: readonly (string | undefined)[]): Promise<void> {
  const known = new Set(kept);
  let from = '';
  for (;;) {
    const row = await db.packed.where('[snapshot+bucket]').aboveOrEqual([from, maxKey]).first();
    if (!row) return;
    from = row.snapshot;
    if (!known.has(from)) await rowsOf(db, from).delete();
  }
}

/** Keeps a part. False when its bytes are not what it says. @throws when the disk is full; then nothing is left of it */
export async function stagePart(
  db: TiskiDatabase,
  { id, parts }: Snapshot,
  index: number,
  bytes: Uint8Array,
): Promise<boolean> {
  const part = parts[index];
  if (!part) return false;
  let rows: Uint8Array<ArrayBuffer>[];
  try {
    rows = rowsOfPart(bytes, part.rows);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
  try {
    await db.packed.bulkPut(
      rows.map((row, offset) => ({ snapshot: id, bucket: part.first + offset, bytes: row })),
    );
    return true;
  } catch (error) {
    // Visits need the room more than half a register does.
    if (isStorageFull(error)) await rowsOf(db, id).delete();
    throw error;
  }
}

/**
 * S6, S8: puts a snapshot, all of whose parts are staged, in the register's place, and the cursor where it ends,
 * in one transaction. False, and nothing changed, when the cursor is not at the zero of `epoch` any more, or the
 * device was revoked, or rows are missing.
 */
export function adoptSnapshot(
  db: TiskiDatabase,
  snapshot: Snapshot,
  epoch: string,
  deviceNow: Instant,
): Promise<boolean> {
  return db.transaction('rw', contentTables(db), async () => {
    const device = await readDevice(db);
    const cursor = await db.cursors.get(registerDatabase);
    if (device?.state !== 'active' || cursor?.epoch !== epoch || cursor.seq !== '0') return false;
    const now = deviceNow + ((await readSetting(db, 'clock'))?.skewMs ?? 0);
    return replaceRegister(db, snapshot, { ...cursor, seq: snapshot.seq }, now);
  });
}

/** The snapshot that the register has, when so much lies over it that a newer one is worth its loading. */
export function outgrown(db: TiskiDatabase): Promise<{ snapshot: string | undefined } | undefined> {
  return db.transaction('r', registerTables(db), async () => {
    const [base, cards, deleted] = await Promise.all([
      packedBase(db),
      db.cards.count(),
      db.deletedCards.count(),
    ]);
    const isWorthIt = isWorthPacking({ cards: base?.cards ?? 0, rows: cards + deleted });
    return isWorthIt ? { snapshot: base?.id } : undefined;
  });
}

/**
 * S18: the same for a register that is up to date, together with all that changed after the snapshot. It counts as a
 * pull from zero, so that nothing of the former snapshot is taken for one of the new (S8). False, and nothing changed,
 * when the cursor is not where it was when the server was asked.
 */
export function renewSnapshot(
  db: TiskiDatabase,
  snapshot: Snapshot,
  { changes, epoch, since, seq }: Page,
  deviceNow: Instant,
): Promise<boolean> {
  return db.transaction('rw', contentTables(db), async () => {
    const device = await readDevice(db);
    const cursor = await db.cursors.get(registerDatabase);
    const isThere = cursor?.epoch === epoch && cursor.seq === since && cursor.isComplete;
    if (device?.state !== 'active' || !isThere) return false;
    const run = cursor.run + 1;
    const now = deviceNow + ((await readSetting(db, 'clock'))?.skewMs ?? 0);
    if (!(await replaceRegister(db, snapshot, { ...cursor, seq, run, asOf: now }, now))) return false;
    await applyChanges(db, registerDatabase, changes, { run, now });
    return true;
  });
}

/** Puts what is staged in place, with this cursor. False, and nothing changed, when something is wrong with it. */
async function replaceRegister(
  db: TiskiDatabase,
  { id, buckets, cards }: Snapshot,
  cursor: CursorRow,
  now: Instant,
): Promise<boolean> {
  const rest = await db.packed.get([id, buckets]);
  if (!rest || (await rowsOf(db, id).count()) !== buckets + 1) return false;
  const changes = unpacked(rest.bytes);
  if (!changes) return false;

  const { run } = cursor;
  await replaceCards(db, changes, run);
  const base: PackedBase = { id, buckets, cards, run };
  await db.cursors.put({ ...cursor, base, revision: cursor.revision + 1 });
  await removeOthers(db, [id]);
  await applyChanges(db, registerDatabase, changes, { run, now });
  return true;
}

/** Forgets what the snapshot has anew; of cards that it could not read, the last readable version stays (S7). */
async function replaceCards(db: TiskiDatabase, unread: readonly PulledChange[], run: number): Promise<void> {
  const numbers = cardNumbers(unread.map(({ id }) => id));
  await keepReadable(db, numbers, run);
  const kept = await db.cards.bulkGet(numbers);
  await db.cards.clear();
  await db.cards.bulkPut(kept.flatMap((row) => (row ? [withoutShadow(row)] : [])));
  await db.deletedCards.clear();
  // Any of the cards may be another one now.
  await noteRulesChanged(db, []);
  await db.quarantine.where('database').equals(registerDatabase).delete();
}

const withoutShadow = ({ number, codes, card, run }: CardRow): CardRow => ({ number, codes, card, run });

/** The documents that could not be packed, as a page of changes would have brought them. */
function unpacked(bytes: Uint8Array): PulledChange[] | undefined {
  try {
    const documents = v.parse(unpackedRow, JSON.parse(new TextDecoder().decode(bytes)));
    return documents.map((document) => ({ id: document._id, deleted: false, document }));
  } catch {
    return undefined;
  }
}
