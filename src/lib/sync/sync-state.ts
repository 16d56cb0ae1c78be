import type { LaneState } from './lane';
import { isLineTrouble, type SyncPhase, type SyncState } from './ports';

/** Everything that the state on the screen is derived from. */
export interface SyncFacts {
  lanes: ReadonlyMap<string, LaneState>;
  /** Databases that have not been complete since this pull from zero began, with their known progress. */
  loading: ReadonlyMap<string, { done: number; total: number }>;
  isSending: boolean;
  isRevoked: boolean;
  needsUpdate: boolean;
  /** Whether every lane has been through its first attempt. */
  hasStarted: boolean;
}

/** One word for the counter, from what all the lanes do: the worst that somebody can act on comes first. */
export function syncStateOf(facts: SyncFacts): SyncState {
  const lanes = [...facts.lanes.values()];
  const failures = lanes.flatMap(({ failure }) => failure ?? []);
  const worst =
    failures.find(({ kind }) => kind === 'signed-out') ??
    failures.find(({ kind }) => !isLineTrouble(kind)) ??
    failures[0];
  const attempts = lanes.flatMap(({ nextAttemptAt }) => nextAttemptAt ?? []);
  const [loading] = facts.loading;
  return {
    phase: phaseOf(facts, worst?.kind),
    ...(loading && { progress: { database: loading[0], ...loading[1] } }),
    ...(worst && { lastFailure: worst.kind }),
    ...(worst && 'reason' in worst && worst.reason !== undefined && { detail: worst.reason }),
    ...(attempts.length > 0 && { nextAttemptAt: Math.min(...attempts) }),
  };
}

function phaseOf(facts: SyncFacts, failure: SyncState['lastFailure']): SyncPhase {
  if (facts.isRevoked) return 'revoked';
  if (failure === 'signed-out') return 'signed-out';
  if (failure !== undefined) return isLineTrouble(failure) ? 'offline' : 'trouble';
  if (facts.needsUpdate) return 'update-needed';
  if (facts.loading.size > 0) return 'loading';
  if (facts.isSending) return 'sending';
  return facts.hasStarted ? 'in-sync' : 'starting';
}
