import * as v from 'valibot';
import { registerDatabase } from '$lib/documents/databases';
import { rowsOfPart, unpackedRow } from '$lib/documents/register/packed/part';
import type { Instant } from '$lib/domain/time/day';
import type { Change, Snapshot } from '$lib/sync/ports';
import { applyChanges } from './apply-changes';
import { cardNumbers, lastReadable } from './apply-register';
import { maxKey, type CardRow, type PackedBase, type TiskiDatabase } from './database';
import { readDevice } from './device';
import { contentTables } from './pull-store';
import { packedBase } from './register';
import { noteRulesChanged } from './review-queue';
import { readSetting } from './settings';
import { isStorageFull } from './storage-full';

/**
 * S18: the loading half of what sync/ports.ts calls a LocalStore. Rows are staged beside the register until
 * all are in.
 */

const rowsOf = (db: TiskiDatabase, id: string, from = 0, to = Infinity) =>
  db.packed.where('[snapshot+bucket]').between([id, from], [id, to], true, false);

/** The parts that the device already has; anything else left half loaded is removed. */
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

/**
 * Keeps a part. False if its bytes don't match their checksum, or the device was revoked meanwhile (S11).
 * @throws if the disk is full; then nothing of it is left
 */
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
    return await db.transaction('rw', [db.settings, db.packed], async () => {
      if ((await readDevice(db))?.state !== 'active') return false;
      await db.packed.bulkPut(
        rows.map((row, offset) => ({ snapshot: id, bucket: part.first + offset, bytes: row })),
      );
      return true;
    });
  } catch (error) {
    // Visits need the room more than half a register does.
    if (isStorageFull(error)) await rowsOf(db, id).delete();
    throw error;
  }
}

/**
 * S6, S8: replaces the register by a snapshot whose parts are all staged, and sets the cursor to its end, in
 * one transaction. Returns false, and changes nothing, if the cursor is no longer at the zero of `epoch`, the
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
    const { id, seq, buckets, cards } = snapshot;
    const rest = await db.packed.get([id, buckets]);
    if (!rest || (await rowsOf(db, id).count()) !== buckets + 1) return false;
    const changes = unpacked(rest.bytes);
    if (!changes) return false;

    await replaceCards(db, changes);
    const base: PackedBase = { id, buckets, cards, run: cursor.run };
    await db.cursors.put({ ...cursor, seq, base, revision: cursor.revision + 1 });
    await removeOthers(db, [id]);
    const now = deviceNow + ((await readSetting(db, 'clock'))?.skewMs ?? 0);
    await applyChanges(db, registerDatabase, changes, { run: cursor.run, now });
    return true;
  });
}

/**
 * Forgets what the snapshot replaces; for cards that it could not read, the last readable version stays (S7).
 */
async function replaceCards(db: TiskiDatabase, unread: readonly Change[]): Promise<void> {
  const kept = await lastReadable(db, cardNumbers(unread.map(({ id }) => id)));
  await db.cards.clear();
  await db.cards.bulkPut([...kept.values()].map(withoutShadow));
  await db.deletedCards.clear();
  // Any of the cards may have changed.
  await noteRulesChanged(db, []);
  await db.quarantine.where('database').equals(registerDatabase).delete();
}

function withoutShadow(row: CardRow): CardRow {
  const alone = { ...row };
  delete alone.shadows;
  return alone;
}

/** What could not be packed and what was deleted, as a page of changes would have brought it. */
function unpacked(bytes: Uint8Array): Change[] | undefined {
  try {
    const documents = v.parse(unpackedRow, JSON.parse(new TextDecoder().decode(bytes)));
    return documents.map((document) => ({ id: document._id, deleted: document._deleted ?? false, document }));
  } catch {
    return undefined;
  }
}
