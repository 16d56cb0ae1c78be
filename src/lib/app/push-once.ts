import { createCouchServer } from '$lib/remote/couch-server';
import { openDatabase, type TiskiDatabase } from '$lib/store/database';
import { readDevice } from '$lib/store/device';
import { createLocalStore } from '$lib/store/local-store';
import { waitingCount } from '$lib/store/outbox';
import { syncLock } from '$lib/sync/ports';
import { pushWaiting } from '$lib/sync/push-documents';
import { sameOriginServer } from './same-origin-server';

/**
 * Sends what is waiting, once, from the service worker (S10). If a page syncs, it has the lock, and this does
 * nothing. 'failed' if something is still waiting: the browser tries again later.
 */
export async function pushOnce(): Promise<'sent' | 'nothing-to-send' | 'failed'> {
  const db = openDatabase();
  try {
    if ((await waitingCount(db)) === 0) return 'nothing-to-send';
    await navigator.locks.request(syncLock, { ifAvailable: true }, async (lock) => {
      if (lock) await pushAsDevice(db);
    });
    return (await waitingCount(db)) === 0 ? 'sent' : 'failed';
  } finally {
    db.close();
  }
}

async function pushAsDevice(db: TiskiDatabase): Promise<void> {
  const device = await readDevice(db);
  if (!device) return;
  const server = createCouchServer(sameOriginServer(db), device.account);
  await pushWaiting(server, createLocalStore(db, Date.now));
}
