import { day, minute, type Instant } from '$lib/domain/day';
import { loadParts } from './load-snapshot';
import type { ChangesPage, LocalStore, RemoteDatabase, RenewingStore, Snapshot } from './ports';
import { isBehind, pullPageSize } from './pull-documents';

/** A desk that has just begun has other things to do, and a line that broke may be back, ms. */
const tryAgainAfter = 10 * minute;

export interface RenewalParts {
  remote: RemoteDatabase;
  store: Pick<LocalStore, 'cursor' | 'stagedParts' | 'stagePart'>;
  renewing: RenewingStore;
  now: () => Instant;
}

/**
 * S18: once a day, looks whether so much lies over the register's snapshot that a newer one is worth its loading, and
 * takes it when the changes that follow it are one page: with them, so that the register never goes back. Parts of an
 * attempt that broke off are there still. A failure is the next attempt's matter, and alarms nobody.
 * @returns takes a turn; whether there is a newer snapshot now
 */
export function createRenewal({ remote, store, renewing, now }: RenewalParts) {
  let notBefore = now() + tryAgainAfter;

  /** The page after a snapshot, where it is the only one. */
  async function pageAfter({ seq }: Snapshot): Promise<ChangesPage | undefined> {
    const page = await remote.changes(seq, pullPageSize);
    if (!page.ok) notBefore = now() + tryAgainAfter;
    return page.ok && page.value.pending === 0 ? page.value : undefined;
  }

  return async function takeTurn(): Promise<boolean> {
    if (now() < notBefore) return false;
    notBefore = now() + day;
    const outgrown = await renewing.outgrown();
    const epoch = (await store.cursor(remote.name))?.epoch;
    if (!outgrown || epoch === undefined) return false;
    const answer = await remote.snapshot(epoch);
    if (!answer.ok) notBefore = now() + tryAgainAfter;
    const snapshot = answer.ok ? answer.value : undefined;
    if (!snapshot || snapshot.id === outgrown.snapshot || !(await pageAfter(snapshot))) return false;
    const loaded = await loadParts(remote, store, snapshot, { epoch });
    if (!loaded.ok) notBefore = now() + tryAgainAfter;
    if (!loaded.ok || !loaded.value) return false;
    const cursor = await store.cursor(remote.name);
    if (!cursor) return false;
    const page = await pageAfter(snapshot);
    if (!page || isBehind(page.seq, cursor.seq)) return false;
    return renewing.renewSnapshot(snapshot, { ...page, epoch, since: cursor.seq, isLast: true });
  };
}
