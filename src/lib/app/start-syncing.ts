import type { ServerAddress } from '$lib/remote/pairing';
import type { TiskiDatabase } from '$lib/store/database';
import { syncLock } from '$lib/sync/ports';
import { askForBackgroundPush } from './background-sync';
import { followDevice } from './follow-device';

export interface Syncing {
  stop(): void;
  hurry(): void;
}

/** "Try now" reaches the syncing tab through this channel. */
const channelName = 'tiski-sync';

/**
 * S10: syncs in this tab as soon as it has the lock; a browser without Web Locks just syncs.
 * @param version the build's name, for the desk's reports (S15)
 */
export function startSyncing(db: TiskiDatabase, server: ServerAddress, version: string): Syncing {
  const stopping = new AbortController();
  const { signal } = stopping;
  const bell = new EventTarget();
  const ring = () => bell.dispatchEvent(new Event('hurry'));
  const channel = new BroadcastChannel(channelName);
  channel.addEventListener('message', ring);
  const run = () => followDevice(db, server, version, bell, signal);
  const running = 'locks' in navigator ? navigator.locks.request(syncLock, { signal }, run) : run();
  // A pending lock request rejects when the wait is given up.
  running.catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });

  const hurry = () => {
    ring();
    channel.postMessage('hurry');
  };
  const onShown = () => {
    if (document.visibilityState === 'visible') hurry();
    else void askForBackgroundPush(db);
  };
  // S12: a hint to hurry, nothing more; navigator.onLine is not used at all.
  addEventListener('online', hurry);
  document.addEventListener('visibilitychange', onShown);

  return {
    hurry,
    stop() {
      removeEventListener('online', hurry);
      document.removeEventListener('visibilitychange', onShown);
      stopping.abort();
      channel.close();
    },
  };
}
