import type { VoidDocument } from '$lib/documents/visits/visit-documents';
import { localDate, type Instant } from '$lib/domain/time/day';
import { readDeviceClock } from './clock';
import type { TiskiDatabase } from './database';
import { readDevice } from './device';
import { writeThrough, type StorageFull } from './write-through';

export type VoidResult =
  | { kind: 'voided' }
  /** Already undone, here or in another tab; nothing was written. */
  | { kind: 'already-voided' }
  /** Only this desk's own visits, and on the same day; later it is up to the office. */
  | { kind: 'not-allowed'; reason: 'unknown' | 'other-desk' | 'another-day' }
  | StorageFull;

/** Undoes a visit of this desk: durable when the promise resolves, like the visit itself (S1). */
export function voidVisit(
  db: TiskiDatabase,
  visitId: string,
  { deviceNow }: { deviceNow: Instant },
): Promise<VoidResult> {
  return writeThrough(db, [], deviceNow, async (write): Promise<VoidResult> => {
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
    await write(database, document, { isReviewed: true });
    return { kind: 'voided' };
  });
}
