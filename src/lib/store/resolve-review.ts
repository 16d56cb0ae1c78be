import { documentsOfDecision } from '$lib/documents/review/resolve-conflict';
import type { Conflict } from '$lib/domain/review/conflicts';
import type { Instant } from '$lib/domain/time/day';
import { readDeviceClock } from './clock';
import type { TiskiDatabase } from './database';
import { readDevice } from './device';
import { sendNew } from './outbox';
import { noteTouched } from './review-queue';
import { isStorageFull } from './storage-full';

export type ResolveResult =
  | { kind: 'resolved' }
  /** Somebody else decided, or more came to it, since the screen was drawn; nothing was written. */
  | { kind: 'changed' }
  | { kind: 'storage-full' };

/**
 * A desk's word on a conflict: all of it stands, or somebody asks the people. What goes on counting is the
 * office's to decide. The decision is a document like a visit: durable here, and sent when it can be (S1).
 */
export async function resolveReview(
  db: TiskiDatabase,
  seen: Conflict,
  decision: { kind: 'accept' | 'contact' },
  { deviceNow, randomId }: { deviceNow: Instant; randomId: () => string },
): Promise<ResolveResult> {
  const tables = [db.settings, db.visits, db.choices, db.resolutions, db.reviews, db.touched, db.outbox];
  try {
    return await db.transaction('rw', tables, async (): Promise<ResolveResult> => {
      const row = await db.reviews.get(seen.id);
      if (!row || row.conflict.entries.length !== seen.entries.length) return { kind: 'changed' };
      const device = await readDevice(db);
      if (!device) throw new Error('This device is not paired.');
      const { now } = await readDeviceClock(db, deviceNow);
      const by = device.account.name;
      const { resolution } = documentsOfDecision(seen, decision, { by, at: now, randomId });
      const { _id } = resolution;
      const { database } = row;
      await db.resolutions.add({ _id, database, desk: by, conflict: seen.id, at: now, document: resolution });
      await sendNew(db, database, resolution, { at: now, deviceNow });
      await noteTouched(db, [resolution], now);
      return { kind: 'resolved' };
    });
  } catch (error) {
    if (isStorageFull(error)) return { kind: 'storage-full' };
    throw error;
  }
}
