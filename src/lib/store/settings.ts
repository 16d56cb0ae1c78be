import { unknownScanner, type ScannerProfile } from '$lib/domain/code/scanner-profile';
import type { CounterRules } from '$lib/domain/fleet/counter-rules';
import type { ClockMark } from '$lib/domain/time/clock';
import type { Instant } from '$lib/domain/time/day';
import type { SyncState } from '$lib/sync/ports';
import type { TiskiDatabase } from './database';
import type { Device, PendingPairing } from './device';
import type { Problem } from './problems';

/** What the device remembers, by key. Values are plain JSON. */
export interface SettingValues {
  device: Device;
  /** A pairing that has begun but is not finished (see pair-device.ts). */
  pairing: PendingPairing;
  /** What was learned about the clock at the last contact (R13): server minus device, ms; server time. */
  clock: { skewMs: number; lastContact: Instant; mark?: ClockMark };
  /** The desk's last visit: its number, and the hash that the next one carries. */
  chain: { account: string; number: number; previous: string };
  /** The syncer's state, shared by all tabs. */
  'sync-state': SyncState;
  /** The last problems with sync, newest first. */
  problems: readonly Problem[];
  /** When visits were last pruned, by the corrected clock (R13). */
  'pruned-at': Instant;
  /** Id of the service that this counter gives. */
  'chosen-service': string;
  /** S15: what the office lets this counter do. */
  'counter-rules': CounterRules;
  'camera-id': string;
  'reading-way': ReadingWay;
  /** What is known about the desk's scanners. */
  scanner: ScannerProfile;
  'sound-on': boolean;
  kiosk: KioskSetting;
}

/** How this counter reads cards; its scanner works in every mode. */
export type ReadingWay = 'camera' | 'scanner' | 'pad';

export interface KioskSetting {
  isOn: boolean;
  /** Id of the service. */
  service: string;
  /** Salted hash of the PIN that leaves kiosk mode, hex; the kiosk code knows how it is made. */
  pinHash: string;
  pinSalt: string;
  /** Wrong PINs entered since the kiosk began. */
  wrongTries?: number;
  /** Device time of the next allowed try, after too many wrong ones. */
  lockedUntil?: Instant;
}

export type SettingKey = keyof SettingValues;

export function readSetting<K extends SettingKey>(
  db: TiskiDatabase,
  key: K,
): Promise<SettingValues[K] | undefined> {
  return db.settings.get(key).then((row) => row?.value as SettingValues[K] | undefined);
}

export async function writeSetting<K extends SettingKey>(
  db: TiskiDatabase,
  key: K,
  value: SettingValues[K],
): Promise<void> {
  await db.settings.put({ key, value });
}

export async function deleteSetting(db: TiskiDatabase, key: SettingKey): Promise<void> {
  await db.settings.delete(key);
}

export const readScannerProfile = (db: TiskiDatabase): Promise<ScannerProfile> =>
  readSetting(db, 'scanner').then((profile) => profile ?? unknownScanner);
