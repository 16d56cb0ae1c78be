import { pairDevice, randomSecret } from '$lib/app/pair-device';
import { sameOriginServer } from '$lib/app/same-origin-server';
import { createCouchServer } from '$lib/remote/couch-server';
import { openDatabase, type TiskiDatabase } from '$lib/store/database';
import type { Device } from '$lib/store/device';
import { createLocalStore } from '$lib/store/local-store';
import type { LocalStore, RemoteServer } from '$lib/sync/ports';

/** The product's own modules, wired as in start-syncing.ts. */
export interface BenchDesk {
  db: TiskiDatabase;
  device: Device;
  server: RemoteServer;
  store: LocalStore;
}

/** A new device, paired as a desk with a one-time code, with nothing pulled yet. */
export async function newDesk(code: string): Promise<BenchDesk> {
  const db = openDatabase(`desk-${code}`);
  const address = sameOriginServer(db);
  const paired = await pairDevice(db, address, code, randomSecret);
  if (!paired.ok) throw new Error(`Not paired: ${paired.failure.kind}`);
  const { value: device } = paired;
  return {
    db,
    device,
    server: createCouchServer(address, device.account),
    store: createLocalStore(db, Date.now),
  };
}

/** How long something took, ms. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
