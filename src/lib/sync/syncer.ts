import type { LocalStore, RemoteServer, SyncState, Timing } from './ports';

export interface SyncerParts {
  server: RemoteServer;
  store: LocalStore;
  timing: Timing;
  onState(state: SyncState): void;
}

export interface Syncer {
  stop(): void;
  hurry(): void;
}

export function startSyncer(_parts: SyncerParts): Syncer {
  throw new Error('not yet');
}
