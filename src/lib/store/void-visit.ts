import type { VoidDocument } from '$lib/documents/visits/visit-documents';
import { localDate, type Instant } from '$lib/domain/time/day';
import { readDeviceClock } from './clock';
import type { TiskiDatabase } from './database';
import { readDevice } from './device';
import { sendNew } from './outbox';
import { noteTouched } from './review-queue';
import { isStorageFull } from './storage-full';

export type VoidResult =
  | { kind: 'voided' }
  /** Undone before, here or in another tab; nothing was written. */
  | { kind: 'already-voided' }
  /** Only this desk's own visits, and within their day; later it is the office's matter. */
  | { kind: 'not-allowed'; reason: 'unknown' | 'other-desk' | 'another-day' }
  | { kind: 'storage-full' };

/** Undoes a visit of this desk: durable when the promise resolves, like the visit itself (S1). */
export async function voidVisit(
  db: TiskiDatabase,
  visitId: string,
  { deviceNow }: { deviceNow: Instant },
): Promise<VoidResult> {
  try {
    return await db.transaction(
      'rw',
      [db.settings, db.visits, db.voids, db.reviews, db.touched, db.outbox],
      async (): Promise<VoidResult> => {
        const visit = await db.visits.get(visitId);
        if (!visit) return { kind: 'not-allowed', reason: 'unknown' };
        const device = await readDevice(db);
        const { desk, card, service, database } = visit;
        if (desk !== device?.account.name) return { kind: 'not-allowed', reason: 'other-desk' };
        const { now } = await readDeviceClock(db, deviceNow);
        const { zone } = visit.document;
        if (localDate(visit.at, zone) !== localDate(now, zone)) {
          return { kind: 'not-allowed', reason: 'another-day' };
        }
        if (await db.voids.get(visitId)) return { kind: 'already-voided' };
        const document: VoidDocument = {
          _id: `void:${visitId}`,
          type: 'void',
          v: 1,
          visit: visitId,
          card,
          service,
          desk,
          at: new Date(now).toISOString(),
        };
        await db.voids.add({ visit: visitId, database, desk, at: now, document });
        await sendNew(db, database, document, { at: now, deviceNow });
        await noteTouched(db, [document], now);
        return { kind: 'voided' };
      },
    );
  } catch (error) {
    if (isStorageFull(error)) return { kind: 'storage-full' };
    throw error;
  }
}
