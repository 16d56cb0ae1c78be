import type { ServerAddress } from '$lib/remote/pairing';
import type { TiskiDatabase } from '$lib/store/database';
import { syncLock } from '$lib/sync/ports';
import { askForBackgroundPush } from './background-sync';
import { followDevice } from './follow-device';
import { runInOneTab, type Running } from './run-in-one-tab';

export type Syncing = Running;

/**
 * S10: syncs in this tab as soon as it has the lock.
 * @param version the build's name, for the desk's reports (S15)
 */
export const startSyncing = (db: TiskiDatabase, server: ServerAddress, version: string): Syncing =>
  runInOneTab({
    name: syncLock,
    run: (bell, signal) => followDevice(db, server, version, bell, signal),
    onHidden: () => void askForBackgroundPush(db),
  });
