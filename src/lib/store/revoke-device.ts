import { deskDatabaseKind } from '$lib/documents/databases';
import type { TiskiDatabase } from './database';
import { accountsOf, readDevice, type Device } from './device';
import { allLogTables } from './log-tables';
import { registerTables, wipeRegister } from './register';
import { writeSetting } from './settings';

/** S11: a revoked device keeps its own visits, sent and unsent, and nothing of anybody else's. */
export async function revokeDevice(db: TiskiDatabase): Promise<void> {
  const logs = [...allLogTables(db), db.reviews, db.reviewQueue, db.outbox];
  const tables = [db.settings, ...registerTables(db), ...logs, db.quarantine];
  await db.transaction('rw', tables, async () => {
    const device = await readDevice(db);
    if (!device) return;
    await writeSetting(db, 'device', { ...device, state: 'revoked' });
    await wipeRegister(db);
    await wipeOthersLog(db, device);
  });
}

/**
 * Forgets what other desks logged, and how far their documents were pulled; within the caller's transaction.
 */
async function wipeOthersLog(db: TiskiDatabase, device: Device): Promise<void> {
  const own = accountsOf(device);
  for (const table of allLogTables(db)) await table.filter(({ desk }) => !own.includes(desk)).delete();
  await db.reviews.clear();
  await db.reviewQueue.clear();
  const isVisits = ({ database }: { database: string }) => deskDatabaseKind(database) === 'visits';
  await db.cursors.filter(isVisits).delete();
  await db.quarantine.filter(isVisits).delete();
}

/** The account is accepted again: the next round pulls everything from zero. */
export async function reinstateDevice(db: TiskiDatabase): Promise<void> {
  await db.transaction('rw', db.settings, async () => {
    const device = await readDevice(db);
    if (device?.state === 'revoked') await writeSetting(db, 'device', { ...device, state: 'active' });
  });
}
