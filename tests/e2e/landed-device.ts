import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import type { VisitDocument } from '../../src/lib/documents/visits/visit-documents';

/**
 * A device as the build of 30 November 2026 left it on disk, taken from a real browser: a desk of the demo
 * city with one visit sent and two waiting, its kiosk on, and a coordinator's draft. Most of other desks'
 * rows were left out. Don't edit this file when the stored format changes: devices like it exist.
 */
export interface LandedDevice {
  /** What its server knew: the account without its password, and the desk. */
  user: { name: string; type: 'user'; roles: string[] };
  desk: { _id: string; [field: string]: unknown };
  localStorage: Record<string, string>;
  databases: StoredDatabase[];
}

interface StoredDatabase {
  name: string;
  version: number;
  stores: {
    name: string;
    keyPath: string | string[];
    indexes: { name: string; keyPath: string | string[]; unique: boolean; multiEntry: boolean }[];
    rows: Record<string, unknown>[];
  }[];
}

export const readLandedDevice = async (): Promise<LandedDevice> =>
  JSON.parse(await readFile('tests/fixtures/landed-device.json', 'utf8')) as LandedDevice;

const rowsOf = ({ databases }: LandedDevice, database: string, store: string) =>
  databases.find(({ name }) => name === database)?.stores.find(({ name }) => name === store)?.rows ?? [];

/** The password that the device chose. */
export function passwordOf(device: LandedDevice): string {
  const row = rowsOf(device, 'tiski', 'settings').find(({ key }) => key === 'device');
  return (row?.['value'] as { account: { password: string } }).account.password;
}

/** What it logged, sent or not. */
export const ownVisits = (device: LandedDevice): VisitDocument[] =>
  rowsOf(device, 'tiski', 'visits')
    .map(({ document }) => document as VisitDocument)
    .filter(({ desk }) => desk === device.user.name);

/**
 * Writes it into this browser's profile, with IndexedDB alone. The page must be of its origin, but not of the
 * app.
 */
export async function putOnDisk(page: Page, { databases, localStorage }: LandedDevice): Promise<void> {
  await page.evaluate(
    async ({ all, settings }) => {
      const write = ({ name, version, stores }: StoredDatabase) =>
        new Promise<void>((resolve, reject) => {
          const opening = indexedDB.open(name, version);
          opening.onerror = () => reject(new Error(`${name} does not open.`));
          opening.onupgradeneeded = () => {
            for (const { name: store, keyPath, indexes, rows } of stores) {
              const made = opening.result.createObjectStore(store, { keyPath });
              for (const { name: index, keyPath: path, unique, multiEntry } of indexes) {
                made.createIndex(index, path, { unique, multiEntry });
              }
              for (const row of rows) made.add(row);
            }
          };
          opening.onsuccess = () => {
            opening.result.close();
            resolve();
          };
        });
      for (const database of all) await write(database);
      for (const [key, value] of Object.entries(settings)) window.localStorage.setItem(key, value);
    },
    { all: databases, settings: localStorage },
  );
}
