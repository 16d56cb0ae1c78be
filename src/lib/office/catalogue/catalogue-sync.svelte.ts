import type { OfficeFailure } from '$lib/office/session/ask';
import type { OfficeSession } from '$lib/office/session/session.svelte';
import { catalogueRemote } from './catalogue-remote';
import type { CatalogueDraftsDatabase } from './drafts-database';
import { syncCatalogue } from './sync-catalogue';

/** How the last round with the server went. */
export type CatalogueSyncState =
  | { kind: 'syncing' }
  | { kind: 'synced' }
  | { kind: 'offline' }
  | { kind: 'signed-out' }
  | { kind: 'trouble'; reason: string };

type Ended = Exclude<CatalogueSyncState, { kind: 'syncing' }>;

/** While an office page is open, ms. */
const everyMs = 60_000;

/** Keeps the coordinator's copy of the catalogue in sync with the server while a page is open. */
export class CatalogueSync {
  state = $state.raw<CatalogueSyncState>({ kind: 'syncing' });
  #running: Promise<void> | undefined;
  #isWanted = false;

  constructor(
    private readonly db: CatalogueDraftsDatabase,
    private readonly session: OfficeSession,
  ) {}

  /** Starts; returns a function that stops it. */
  start(): () => void {
    const hurry = () => void this.hurry();
    const timer = setInterval(hurry, everyMs);
    addEventListener('online', hurry);
    hurry();
    return () => {
      clearInterval(timer);
      removeEventListener('online', hurry);
    };
  }

  /** One more round, after the one in progress. */
  hurry(): Promise<void> {
    this.#isWanted = true;
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #run(): Promise<void> {
    while (this.#isWanted) {
      this.#isWanted = false;
      // One tab at a time: two would send the same change twice, and take their own for somebody else's.
      this.state = await navigator.locks.request('tiski-catalogue', () => this.#round());
    }
  }

  async #round(): Promise<Ended> {
    const who = await this.session.refresh();
    if (!who.ok) return endedBy(who.failure);
    const synced = await syncCatalogue(this.db, Date.now, catalogueRemote(this.session.ask));
    return synced.ok ? { kind: 'synced' } : endedBy(synced.failure);
  }
}

function endedBy(failure: OfficeFailure): Ended {
  switch (failure.kind) {
    case 'unreachable':
      return { kind: 'offline' };
    case 'signed-out':
      return { kind: 'signed-out' };
    case 'forbidden':
    case 'busy':
      return { kind: 'trouble', reason: failure.kind };
    case 'failed':
      return { kind: 'trouble', reason: failure.reason };
  }
}
