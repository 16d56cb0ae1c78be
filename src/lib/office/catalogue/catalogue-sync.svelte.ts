import type { OfficeDatabase } from './drafts-database';

/** How the last round with the server went. */
export type CatalogueSyncState =
  | { kind: 'syncing' }
  | { kind: 'synced' }
  | { kind: 'offline' }
  | { kind: 'signed-out' }
  | { kind: 'trouble'; reason: string };

type Round = (db: OfficeDatabase) => Promise<Exclude<CatalogueSyncState, { kind: 'syncing' }>>;

/** While an office page is open, ms. */
const everyMs = 60_000;

/** Keeps the coordinator's copy of the catalogue and the server together while a page is open. */
export class CatalogueSync {
  state = $state.raw<CatalogueSyncState>({ kind: 'syncing' });
  #running: Promise<void> | undefined;
  #isWanted = false;

  constructor(
    private readonly db: OfficeDatabase,
    private readonly round: Round,
  ) {}

  /** Begins; gives the stop. */
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

  /** One more round, after the one that is under way. */
  hurry(): Promise<void> {
    this.#isWanted = true;
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #run(): Promise<void> {
    while (this.#isWanted) {
      this.#isWanted = false;
      // One tab at a time: two would send the same change twice, and take their own for somebody else's.
      const outcome = await navigator.locks.request('tiski-catalogue', () => this.round(this.db));
      this.state = outcome;
    }
  }
}
