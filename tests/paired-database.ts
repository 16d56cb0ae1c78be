import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import type { RemoteDocument } from '../src/lib/sync/ports';
import { openDatabase, type TiskiDatabase } from '../src/lib/store/database';
import { noteContact } from '../src/lib/store/clock';
import { saveDevice, type Device } from '../src/lib/store/device';
import { applyPage, startOver } from '../src/lib/store/pull-store';
import { aScheme, aService, aVenue } from './builders';

// Dexie looks for IndexedDB when it is loaded, which may have been before the fake existed.
Dexie.dependencies.indexedDB = indexedDB;
Dexie.dependencies.IDBKeyRange = IDBKeyRange;

/** When the tests' build was made: before every instant that they use. */
export const builtAt = Date.parse('2026-01-01T00:00:00Z');
/** A Sunday morning at the counter: 10:00 in Helsinki. */
export const sundayMorning = Date.parse('2026-11-22T08:00:00Z');

export function aDevice(changes: Partial<Device> = {}): Device {
  return {
    deskId: 'd1',
    account: { name: 'desk-1', password: 'secret' },
    name: 'Uimahalli, kassa 1',
    venue: 'uimahalli',
    sectors: ['liikunta'],
    pairedAt: '2026-01-02T00:00:00.000Z',
    state: 'active',
    ...changes,
  };
}

/** A new device that nobody has paired yet. */
export function anUnpairedDatabase(clockMark?: TiskiDatabase['clockMark']): TiskiDatabase {
  return openDatabase(`test-${crypto.randomUUID()}`, builtAt, clockMark);
}

/** Of a clock that nobody sets, whatever instants a test uses. */
export const steadyMark = { session: 'steady', offset: 0 };

/**
 * A device that is the desk `device`, with nothing pulled yet. It has met the server, and its clock is right.
 */
export async function aPairedDatabase(
  device: Device = aDevice(),
  clockMark: TiskiDatabase['clockMark'] = () => steadyMark,
): Promise<TiskiDatabase> {
  const db = anUnpairedDatabase(clockMark);
  await saveDevice(db, device);
  await noteContact(db, { skewMs: 0, serverNow: builtAt, mark: steadyMark });
  return db;
}

export const ordinaryCatalogue = (): RemoteDocument[] => [
  aScheme('warkaus'),
  aService('swim'),
  aService('gym', { rule: { kind: 'limit', n: 1, per: 'day' }, repeatMinutes: 0 }),
  aVenue('uimahalli'),
];

/** Pulls documents into a database from zero, as a first load does. */
export async function load(
  db: TiskiDatabase,
  database: string,
  documents: readonly RemoteDocument[],
  { epoch = 'epoch-1', at = sundayMorning }: { epoch?: string; at?: number } = {},
): Promise<void> {
  await startOver(db, database, epoch);
  const changes = documents.map((document) => ({ id: document._id, deleted: false, document }));
  const page = { changes, epoch, since: '0', seq: String(documents.length), isLast: true };
  if (!(await applyPage(db, database, page, at))) throw new Error(`${database} took no page`);
}

/** A desk at work: catalogue and register loaded. */
export async function aWorkingDesk(
  cards: readonly RemoteDocument[],
  { catalogue = ordinaryCatalogue(), device = aDevice() } = {},
): Promise<TiskiDatabase> {
  const db = await aPairedDatabase(device);
  await load(db, 'tiski-catalogue', catalogue);
  await load(db, 'tiski-register', cards);
  return db;
}
