import { judgeEpoch, noDoubt, type EpochDoubt } from './judge-epoch';
import { loadSnapshot } from './load-snapshot';
import type { Cursor, LocalStore, Outcome, RemoteDatabase, RemoteFailure } from './ports';

/** Changes per request; a hundred thousand cards are a hundred pages. */
export const pullPageSize = 1_000;

export interface PullOptions {
  /**
   * Stands in for the epoch of a database that has none: such a cursor is only valid for this session (S8).
   */
  sessionEpoch: string;
  /** S8: of this database, kept between pulls. */
  doubt?: EpochDoubt;
  pageSize?: number;
  onProgress?: (progress: { done: number; total: number }) => void;
}

/**
 * Brings the device's copy of a database up to date, page by page, from where it stopped, or from zero if the
 * server's database is not the one that the cursor belongs to (S8). A pull from zero starts with the
 * database's snapshot, if it has one (S18).
 */
export async function pullDocuments(
  remote: RemoteDatabase,
  store: LocalStore,
  options: PullOptions,
): Promise<Outcome<{ seq: string }>> {
  const { sessionEpoch, doubt = noDoubt(), pageSize = pullPageSize, onProgress } = options;
  const answer = await remote.epoch();
  if (!answer.ok) return answer;
  const known = await store.cursor(remote.name);
  const judged = judgeEpoch(known, answer.value, sessionEpoch, doubt);
  if (judged.kind === 'doubtful') {
    return { ok: false, failure: { kind: 'server-error', status: 503, reason: judged.reason } };
  }
  const { epoch } = judged;
  const left = judged.kind === 'another' ? judged.left : (known?.left ?? []);
  let cursor = judged.kind === 'same' && known ? known : await fromZero(remote, store, { epoch, left });
  let done = 0;
  if (cursor.seq === '0' && answer.value !== undefined && store.takesSnapshots(remote.name)) {
    const snapshot = await loadSnapshot(remote, store, { epoch, onProgress });
    if (!snapshot.ok) return snapshot;
    if (snapshot.value) {
      cursor = { ...cursor, seq: snapshot.value.seq };
      done = snapshot.value.cards;
    }
  }
  let page = await remote.changes(cursor.seq, pageSize);
  for (;;) {
    const since = cursor.seq;
    if (!page.ok && !isRefusedCursor(page.failure, since)) return page;
    if (!page.ok || isBehind(page.value.seq, since)) {
      cursor = await fromZero(remote, store, { epoch, left });
      page = await remote.changes(cursor.seq, pageSize);
      done = 0;
      continue;
    }
    const { changes, seq, pending } = page.value;
    const isLast = pending === 0;
    if (!isLast && seq === since) return { ok: false, failure: { kind: 'not-our-server' } };
    // The next page is fetched while this one is written; without this one's cursor it is not accepted (S6).
    const [isApplied, next] = await Promise.all([
      store.applyPage(remote.name, { changes, epoch, since, seq, isLast }),
      isLast ? undefined : remote.changes(seq, pageSize),
    ]);
    // Another tab continued from this cursor, or the device was revoked: the other's result is as good.
    if (!isApplied) return { ok: true, value: { seq: (await store.cursor(remote.name))?.seq ?? '0' } };
    done += changes.length;
    onProgress?.({ done, total: done + pending });
    if (!next) return { ok: true, value: { seq } };
    cursor = { ...cursor, seq };
    page = next;
  }
}

async function fromZero(
  remote: RemoteDatabase,
  store: LocalStore,
  { epoch, left }: { epoch: string; left: readonly string[] },
): Promise<Cursor> {
  await store.startOver(remote.name, epoch, left);
  return { epoch, seq: '0', isComplete: false, left };
}

/** S8: a server that can't make sense of the cursor says 400. */
function isRefusedCursor(failure: RemoteFailure, since: string): boolean {
  return since !== '0' && failure.kind === 'rejected' && failure.status === 400;
}

/**
 * S8: a cursor beyond the server's last change: its files were put back from a copy, epoch and all. Every
 * server's `seq` begins with a number that increases ("17", "17-g1AAAA"). In a cluster it may also fall when
 * a node is lost; then too much is read twice, but nothing is missed.
 */
function isBehind(seq: string, since: string): boolean {
  return Number.parseInt(seq, 10) < Number.parseInt(since, 10);
}
