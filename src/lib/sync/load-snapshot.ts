import type { LocalStore, Outcome, RemoteDatabase, RemoteFailure, Snapshot } from './ports';

export interface SnapshotOptions {
  epoch: string;
  onProgress?: ((progress: { done: number; total: number }) => void) | undefined;
}

/**
 * S18: loads a database's snapshot if there is one, part by part; the parts of an attempt that broke off are
 * still there. Returns the snapshot that is now in place; undefined if pages have to be used. A failure is
 * the line's: the attempt is over, and the next one continues here.
 */
export async function loadSnapshot(
  remote: RemoteDatabase,
  store: LocalStore,
  options: SnapshotOptions,
): Promise<Outcome<Snapshot | undefined>> {
  let tried: string | undefined;
  for (;;) {
    const answer = await remote.snapshot(options.epoch);
    if (!answer.ok) return orPages(answer.failure);
    const snapshot = answer.value;
    // A newer one replaces the one that is being loaded, and its parts with it.
    if (!snapshot || snapshot.id === tried) return byPages;
    tried = snapshot.id;
    const loaded = await loadParts(remote, store, snapshot, options);
    if (!loaded.ok && !isGone(loaded.failure)) return orPages(loaded.failure);
    if (!loaded.ok) continue;
    const isAdopted = loaded.value && (await store.adoptSnapshot(snapshot, options.epoch));
    return isAdopted ? { ok: true, value: snapshot } : byPages;
  }
}

/** False if a part is not what it should be. */
async function loadParts(
  remote: RemoteDatabase,
  store: LocalStore,
  snapshot: Snapshot,
  { epoch, onProgress }: SnapshotOptions,
): Promise<Outcome<boolean>> {
  const { parts, cards, buckets } = snapshot;
  const staged = await store.stagedParts(snapshot);
  for (const [index, { name, first, rows }] of parts.entries()) {
    if (!staged.has(index)) {
      const part = await remote.snapshotPart(epoch, name);
      if (!part.ok) return part;
      if (!(await store.stagePart(snapshot, index, part.value))) return { ok: true, value: false };
    }
    const share = Math.min(1, (first + rows) / buckets);
    onProgress?.({ done: Math.floor(cards * share), total: cards });
  }
  return { ok: true, value: true };
}

const isGone = (failure: RemoteFailure) => failure.kind === 'rejected' && failure.status === 404;

const byPages = { ok: true, value: undefined } as const;

/** Failures that say nothing about the snapshot end the attempt; for any other, pages may work. */
function orPages(failure: RemoteFailure): Outcome<undefined> {
  switch (failure.kind) {
    case 'unreachable':
    case 'busy':
    case 'signed-out':
    case 'forbidden':
      return { ok: false, failure };
    case 'not-our-server':
    case 'missing':
    case 'rejected':
    case 'too-large':
    case 'server-error':
      return byPages;
  }
}
