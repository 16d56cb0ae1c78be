import type { ServerAddress } from '$lib/remote/pairing';
import type { TiskiDatabase } from '$lib/store/database';
import type { Syncing } from './start-syncing';

/** Pause after a line that broke before the syncer had loaded, ms. */
const loadAgainAfter = 30_000;

/**
 * Syncs as start-syncing.ts does, once that is loaded: a counter decides and logs without it, so no screen
 * waits for its code.
 */
export function loadSyncing(db: TiskiDatabase, server: ServerAddress, version: string): Syncing {
  let syncing: Syncing | undefined;
  let isStopped = false;
  let retry: ReturnType<typeof setTimeout> | undefined;

  async function load() {
    try {
      const { startSyncing } = await import('./start-syncing');
      if (!isStopped) syncing = startSyncing(db, server, version);
    } catch {
      if (!isStopped) retry = setTimeout(load, loadAgainAfter);
    }
  }
  void load();

  return {
    hurry: () => syncing?.hurry(),
    stop() {
      isStopped = true;
      clearTimeout(retry);
      syncing?.stop();
    },
  };
}
