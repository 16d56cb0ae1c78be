import type { RescueKeyDocument } from '$lib/documents/catalogue/catalogue-documents';
import { rescueFileType, type RescueContent } from '$lib/documents/fleet/rescue-file';
import type { Instant } from '$lib/domain/time/day';
import { readCatalogue } from './catalogue';
import { readDeviceClock } from './clock';
import { confirmTimes, tablesToConfirm } from './confirm-times';
import type { TiskiDatabase } from './database';
import { readDevice } from './device';
import { isStorageFull } from './storage-full';

export type Rescue =
  | { kind: 'ready'; content: RescueContent; key: RescueKeyDocument }
  /** The server has everything, or this is not a desk. */
  | { kind: 'nothing' }
  /** This device doesn't have the office's key yet: it comes with the catalogue. */
  | { kind: 'no-key' };

/**
 * S16: everything that the server does not have, including refused documents, and the key to encrypt it with.
 * Nothing is removed. What leaves the device no longer changes (S2), so anything that no contact has dated
 * yet is dated without one (R13).
 */
export async function collectRescue(db: TiskiDatabase, deviceNow: Instant): Promise<Rescue> {
  try {
    const tables = [...tablesToConfirm(db), db.catalogue, db.cursors];
    return await db.transaction('rw', tables, async (): Promise<Rescue> => {
      const rescue = await readRescue(db, deviceNow);
      if (rescue.kind !== 'ready') return rescue;
      await confirmTimes(db, undefined, deviceNow);
      return readRescue(db, deviceNow);
    });
  } catch (error) {
    // No room for the dates: the visits themselves matter more.
    if (isStorageFull(error)) return readRescue(db, deviceNow);
    throw error;
  }
}

function readRescue(db: TiskiDatabase, deviceNow: Instant): Promise<Rescue> {
  return db.transaction('r', db.settings, db.outbox, db.catalogue, db.cursors, async (): Promise<Rescue> => {
    const device = await readDevice(db);
    const rows = await db.outbox.toCollection().sortBy('at');
    if (!device || rows.length === 0) return { kind: 'nothing' };
    const { rescueKeys } = await readCatalogue(db);
    const key = [...rescueKeys].sort((a, b) => (a.madeAt < b.madeAt ? -1 : 1)).at(-1);
    if (!key) return { kind: 'no-key' };
    const { now } = await readDeviceClock(db, deviceNow);
    const content: RescueContent = {
      type: rescueFileType,
      v: 1,
      desk: device.account.name,
      exportedAt: new Date(now).toISOString(),
      count: rows.length,
      entries: rows.map(({ database, state, refusal, document }) => ({
        database,
        state: state === 'refused' ? 'refused' : 'waiting',
        ...(refusal && { refusal: { ...refusal, at: new Date(refusal.at).toISOString() } }),
        document,
      })),
    };
    return { kind: 'ready', content, key };
  });
}
