import { ulid } from 'ulid';
import { pairDevice, resumePairing, type PairResult } from '$lib/pair-device';
import { sameOriginServer } from '$lib/same-origin-server';
import { openDatabase, type TiskiDatabase } from '$lib/store/database';
import { SyncStatus } from '$lib/state/sync-status.svelte';
import { startSyncing, type Syncing } from '$lib/start-syncing';

/** The running application: made once by the root layout, handed down by context.ts. */
export interface Tiski {
  db: TiskiDatabase;
  status: SyncStatus;
  syncer: {
    /** Begins to sync, in whichever tab has the lock; gives the stop. */
    start(): () => void;
    /** "Try now": hurries an attempt, unless the server asked for a pause. */
    hurry(): void;
  };
  /** Makes this browser the desk that a one-time code stands for. */
  pair(code: string): Promise<PairResult>;
  /** Finishes a pairing that a crash cut off; undefined when there is none. Call it when /setup opens. */
  resumePairing(): Promise<PairResult | undefined>;
  /** The device's clock, ms; uncorrected (R13). */
  now(): number;
  /** A ULID. */
  randomId(): string;
}

/** Puts the parts together. Nothing starts before `syncer.start()`. */
export function createTiski(db: TiskiDatabase = openDatabase()): Tiski {
  const server = sameOriginServer(db);
  let syncing: Syncing | undefined;
  return {
    db,
    status: new SyncStatus(db),
    syncer: {
      start() {
        syncing ??= startSyncing(db, server);
        return () => {
          syncing?.stop();
          syncing = undefined;
        };
      },
      hurry: () => syncing?.hurry(),
    },
    pair: (code) => pairDevice(db, server, code, randomSecret),
    resumePairing: () => resumePairing(db, server),
    now: Date.now,
    randomId: () => ulid(),
  };
}

/** 256 bits, hex. */
function randomSecret(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
