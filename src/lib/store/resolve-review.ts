import { documentsOfResolution } from '$lib/documents/review/resolve-conflict';
import type { Conflict } from '$lib/domain/review/conflicts';
import type { Instant } from '$lib/domain/time/day';
import { readDeviceClock } from './clock';
import type { TiskiDatabase } from './database';
import { readDevice } from './device';
import { writeThrough, type StorageFull } from './write-through';

export type ResolveResult =
  | { kind: 'resolved' }
  /** Somebody else resolved it, or it grew, since the screen was drawn; nothing was written. */
  | { kind: 'changed' }
  | StorageFull;

/**
 * A desk's resolution of a conflict: all of it stands, or somebody asks the people. Only the office decides
 * what still counts. The resolution is a document like a visit: durable here, and sent when possible (S1).
 */
export function resolveReview(
  db: TiskiDatabase,
  seen: Conflict,
  resolving: { kind: 'accept' | 'contact' },
  { deviceNow, randomId }: { deviceNow: Instant; randomId: () => string },
): Promise<ResolveResult> {
  return writeThrough(db, [db.reviews], deviceNow, async (write): Promise<ResolveResult> => {
    const row = await db.reviews.get(seen.id);
    if (!row || row.conflict.entries.length !== seen.entries.length) return { kind: 'changed' };
    const device = await readDevice(db);
    if (!device) throw new Error('This device is not paired.');
    const { now } = await readDeviceClock(db, deviceNow);
    const by = device.account.name;
    const { resolution } = documentsOfResolution(seen, resolving, { by, at: now, randomId });
    await write(row.database, resolution, { isReviewed: true });
    return { kind: 'resolved' };
  });
}
