import { deskDatabases } from '$lib/documents/databases';
import { counterRulesFrom } from '$lib/domain/fleet/counter-rules';
import type { Credentials } from '$lib/sync/ports';
import type { TiskiDatabase } from './database';
import { deleteSetting, readSetting, writeSetting } from './settings';

/** Which desk this device is. */
export interface Device {
  deskId: string;
  account: Credentials;
  /** The desk's name, given by the office. */
  name: string;
  /** Id of the venue. */
  venue: string;
  /** Ids of the sectors whose visits the desk reads and writes. */
  sectors: string[];
  /** ISO instant. */
  pairedAt: string;
  state: 'active' | 'revoked';
  /** Accounts that this browser had as the same desk, before it was paired again. */
  formerAccounts?: string[];
}

/** The accounts under which this device holds documents of its own. */
export const accountsOf = ({ account, formerAccounts = [] }: Device): string[] => [
  account.name,
  ...formerAccounts,
];

/** A pairing whose code has been used, before the device's own password is known to be accepted. */
export interface PendingPairing {
  desk: { id: string; name: string; venue: string; sectors: string[]; rules?: unknown };
  /** The account with the password that came with the code. */
  account: Credentials;
  /** The password that the device chose. */
  newPassword: string;
}

export function readDevice(db: TiskiDatabase): Promise<Device | undefined> {
  return readSetting(db, 'device');
}

/**
 * Makes this browser that desk. What an earlier desk chose, or was allowed, is forgotten; visits stay.
 * @param rules what the office lets the counter do, if received (counter-rules.ts)
 */
export async function saveDevice(db: TiskiDatabase, device: Device, rules?: unknown): Promise<void> {
  await db.transaction('rw', db.settings, async () => {
    const earlier = await readDevice(db);
    if (earlier && earlier.deskId !== device.deskId) {
      await deleteSetting(db, 'chosen-service');
      await deleteSetting(db, 'kiosk');
      await deleteSetting(db, 'counter-rules');
    }
    if (rules !== undefined) await writeSetting(db, 'counter-rules', counterRulesFrom(rules));
    const former = earlier?.deskId === device.deskId ? accountsOf(earlier) : [];
    const formerAccounts = former.filter((name) => name !== device.account.name);
    await writeSetting(db, 'device', { ...device, ...(formerAccounts.length > 0 && { formerAccounts }) });
    await deleteSetting(db, 'pairing');
  });
}

/** The databases that a desk pulls. */
export function databasesOf(device: Device): string[] {
  return deskDatabases(device.sectors);
}
