import { version } from '$app/environment';
import { ulid } from 'ulid';
import type { ScannedCode } from '$lib/domain/code/scan-code';
import type { Signature } from '$lib/domain/code/signed-code';
import { StorageWatch } from '$lib/state/storage-room.svelte';
import { SyncStatus } from '$lib/state/sync-status.svelte';
import { openDatabase, type TiskiDatabase } from '$lib/store/database';
import { loadSyncing } from './load-syncing';
import type * as Pairing from './pair-device';
import type { PairResult } from './pair-device';
import { readSignature } from './read-signature';
import { sameOriginServer } from './same-origin-server';
import type { Syncing } from './start-syncing';

/** The running application: made once by the root layout, passed down by context.ts. */
export interface Tiski {
  db: TiskiDatabase;
  status: SyncStatus;
  /** The room left for visits; watched while the app is open. */
  storage: StorageWatch;
  syncer: {
    /** Starts to sync, in whichever tab has the lock; returns a function that stops it. */
    start(): () => void;
    /** "Try now": hurries an attempt, unless the server asked for a pause. */
    hurry(): void;
    /** Runs something while this tab has no request in progress, then syncs on. */
    pauseWhile<T>(work: () => Promise<T>): Promise<T>;
  };
  /** Makes this browser the desk that a one-time code stands for. */
  pair(code: string): Promise<PairResult>;
  /** Finishes a pairing that a crash interrupted; undefined if there is none. Call it when /setup opens. */
  resumePairing(): Promise<PairResult | undefined>;
  /** R2: result of verifying a signed code's signature; undefined for any other text. */
  signatureOf(code: ScannedCode): Promise<Signature | undefined>;
  /** The device's clock, ms; uncorrected (R13). */
  now(): number;
  /** A ULID. */
  randomId(): string;
}

/** Wires the parts together. Nothing starts before `syncer.start()`. */
export function createTiski(db: TiskiDatabase = openDatabase()): Tiski {
  const server = sameOriginServer(db);
  let syncing: Syncing | undefined;
  let isStarted = false;
  const go = () => (syncing ??= loadSyncing(db, server, version));
  const halt = () => {
    syncing?.stop();
    syncing = undefined;
  };
  return {
    db,
    status: new SyncStatus(db),
    storage: new StorageWatch(),
    syncer: {
      start() {
        isStarted = true;
        go();
        return () => {
          isStarted = false;
          halt();
        };
      },
      hurry: () => syncing?.hurry(),
      async pauseWhile(work) {
        halt();
        try {
          return await work();
        } finally {
          if (isStarted) go();
        }
      },
    },
    pair: (code) => withPairing(({ pairDevice, randomSecret }) => pairDevice(db, server, code, randomSecret)),
    resumePairing: () => withPairing(({ resumePairing }) => resumePairing(db, server)),
    signatureOf: (code) => readSignature(db, code, Date.now()),
    now: Date.now,
    randomId: () => ulid(),
  };
}

/** A device is paired once in its life, so the counter's screen doesn't load that part. */
async function withPairing<T>(
  pair: (pairing: typeof Pairing) => Promise<T>,
): Promise<T | { ok: false; failure: { kind: 'unreachable' } }> {
  const pairing = await import('./pair-device').catch(() => undefined);
  return pairing ? pair(pairing) : { ok: false, failure: { kind: 'unreachable' } };
}
