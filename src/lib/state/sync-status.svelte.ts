import { toleratedSkew } from '$lib/domain/time/clock';
import type { TiskiDatabase } from '$lib/store/database';
import { waitingCount } from '$lib/store/outbox';
import { quarantineCount } from '$lib/store/quarantine';
import { registerAsOf } from '$lib/store/register';
import { readSetting } from '$lib/store/settings';
import type { SyncPhase, SyncState } from '$lib/sync/ports';
import { liveQuery } from './live-query.svelte';

/**
 * What a counter is told about its data. One tab syncs for all of them, so the state comes through the
 * database. Instants: `lastContact` and `registerAsOf` are server time, `nextAttemptAt` device time.
 */
export class SyncStatus {
  readonly #state;
  readonly #clock;
  readonly #registerAsOf;
  readonly #waiting;
  readonly #refused;
  readonly #quarantined;

  constructor(db: TiskiDatabase) {
    this.#state = liveQuery(() => readSetting(db, 'sync-state'));
    this.#clock = liveQuery(() => readSetting(db, 'clock'));
    this.#registerAsOf = liveQuery(() => registerAsOf(db));
    this.#waiting = liveQuery(() => waitingCount(db));
    this.#refused = liveQuery(() => db.outbox.where('state').equals('refused').count());
    this.#quarantined = liveQuery(() => quarantineCount(db));
  }

  get phase(): SyncPhase {
    return this.#state.current?.phase ?? 'starting';
  }
  get progress(): SyncState['progress'] {
    return this.#state.current?.progress;
  }
  get nextAttemptAt(): number | undefined {
    return this.#state.current?.nextAttemptAt;
  }
  get lastFailure(): SyncState['lastFailure'] {
    return this.#state.current?.lastFailure;
  }
  /** For a technician: the last message from the server or the device. */
  get detail(): string | undefined {
    return this.#state.current?.detail;
  }
  get lastContact(): number | undefined {
    return this.#clock.current?.lastContact;
  }
  /** How much the device's clock is corrected, ms (R13): for texts and for the day's list. */
  get clockCorrection(): number {
    const skewMs = this.#clock.current?.skewMs ?? 0;
    return Math.abs(skewMs) > toleratedSkew ? skewMs : 0;
  }
  get registerAsOf(): number | undefined {
    return this.#registerAsOf.current;
  }
  get waiting(): number {
    return this.#waiting.current ?? 0;
  }
  get refused(): number {
    return this.#refused.current ?? 0;
  }
  get quarantined(): number {
    return this.#quarantined.current ?? 0;
  }
}
