import { catalogueDatabase, registerDatabase, visitsDatabase } from './database-names';
import type { TiskiDatabase } from './database';
import { deleteSetting, readSetting, writeSetting } from './settings';
import { wipeOthersVisits } from './visits';
import { wipeRegister } from './register';

export interface Account {
  name: string;
  password: string;
}

/** Who this device is. */
export interface Device {
  deskId: string;
  account: Account;
  /** The desk's name as the office gave it. */
  name: string;
  /** Id of the venue. */
  venue: string;
  /** Ids of the sectors whose visits the desk reads and writes. */
  sectors: string[];
  /** ISO instant. */
  pairedAt: string;
  state: 'active' | 'revoked';
}

/** A pairing whose code is used up, before the device's own password is known to hold. */
export interface PendingPairing {
  desk: { id: string; name: string; venue: string; sectors: string[] };
  /** The account with the password that came with the code. */
  account: Account;
  /** The password that the device chose. */
  newPassword: string;
}

export function readDevice(db: TiskiDatabase): Promise<Device | undefined> {
  return readSetting(db, 'device');
}

/** Makes this browser that desk. What an earlier desk had chosen is forgotten; visits stay. */
export async function saveDevice(db: TiskiDatabase, device: Device): Promise<void> {
  await db.transaction('rw', db.settings, async () => {
    const earlier = await readDevice(db);
    if (earlier && earlier.deskId !== device.deskId) {
      await deleteSetting(db, 'chosen-service');
      await deleteSetting(db, 'kiosk');
    }
    await writeSetting(db, 'device', device);
    await deleteSetting(db, 'pairing');
  });
}

/** The databases that a desk pulls: what it needs for a verdict first. */
export function databasesOf(device: Device): string[] {
  return [catalogueDatabase, registerDatabase, ...device.sectors.map(visitsDatabase)];
}

/** S11: a revoked device keeps its own visits, sent and unsent, and nothing of anybody else. */
export async function revokeDevice(db: TiskiDatabase): Promise<void> {
  const tables = [db.settings, db.cards, db.visits, db.voids, db.outbox, db.quarantine, db.cursors];
  await db.transaction('rw', tables, async () => {
    const device = await readDevice(db);
    if (!device) return;
    await writeSetting(db, 'device', { ...device, state: 'revoked' });
    await wipeRegister(db);
    await wipeOthersVisits(db, device);
  });
}

/** The account is accepted again: the next round pulls everything from zero. */
export async function reinstateDevice(db: TiskiDatabase): Promise<void> {
  await db.transaction('rw', db.settings, async () => {
    const device = await readDevice(db);
    if (device?.state === 'revoked') await writeSetting(db, 'device', { ...device, state: 'active' });
  });
}
