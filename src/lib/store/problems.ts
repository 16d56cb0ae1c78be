import { minute, type Instant } from '$lib/domain/time/day';
import type { SyncFailure, SyncPhase, SyncState } from '$lib/sync/ports';
import type { TiskiDatabase } from './database';
import { readSetting, writeSetting } from './settings';

/** What can be wrong with sync, as the log records it. */
export type ProblemKind = SyncFailure['kind'] | Extract<SyncPhase, 'revoked' | 'update-needed'>;

/** Something that was wrong for a while. Instants are device time. */
export interface Problem {
  kind: ProblemKind;
  from: Instant;
  /** Absent while it lasts. */
  until?: Instant;
  /** How often it came back shortly after it had gone. */
  times: number;
}

const kept = 10;
/** What comes back sooner than this is the same problem, ms. */
const sameWithin = 10 * minute;

/** The problems, newest first, after some news: the same list if nothing changed. `well`: sync works. */
export function withNews(
  problems: readonly Problem[],
  news: ProblemKind | 'well',
  at: Instant,
): readonly Problem[] {
  const [latest, ...earlier] = problems;
  const isOpen = latest !== undefined && latest.until === undefined;
  if (news === 'well') return isOpen ? [{ ...latest, until: at }, ...earlier] : problems;
  if (latest?.kind === news) {
    if (isOpen) return problems;
    if (at - (latest.until ?? 0) < sameWithin) {
      return [{ kind: news, from: latest.from, times: latest.times + 1 }, ...earlier];
    }
  }
  const closed = isOpen ? [{ ...latest, until: at }, ...earlier] : problems;
  return [{ kind: news, from: at, times: 1 }, ...closed].slice(0, kept);
}

/** The last ten, newest first. */
export async function listProblems(db: TiskiDatabase): Promise<readonly Problem[]> {
  return (await readSetting(db, 'problems')) ?? [];
}

/** Writes the syncer's state for every tab, and its effect on the list of problems, in one disk write. */
export function writeSyncState(
  db: TiskiDatabase,
  state: SyncState,
  news: ProblemKind | 'well' | undefined,
  at: Instant,
): Promise<void> {
  return db.transaction('rw', db.settings, async () => {
    await writeSetting(db, 'sync-state', state);
    if (news === undefined) return;
    const problems = await listProblems(db);
    const after = withNews(problems, news, at);
    if (after !== problems) await writeSetting(db, 'problems', after);
  });
}
