import type { Instant } from '$lib/domain/time/day';
import type { LaneState } from '$lib/sync/lane';
import { isLineTrouble, type SyncFailure } from '$lib/sync/ports';

/** What the sender tells the screens; instants are device time. */
export interface SendingState {
  phase:
    | 'idle'
    | 'sending'
    /** Our server gives no answer. */
    | 'offline'
    /** Whatever waits needs somebody who is signed in. */
    | 'signed-out'
    /** The account that is signed in may not send it. */
    | 'forbidden'
    /** Anything else failed, at the server or on the device. */
    | 'trouble';
  nextAttemptAt?: Instant;
  /** For a technician. */
  detail?: string;
}

export function sendingStateOf({ failure, nextAttemptAt }: LaneState, isSending: boolean): SendingState {
  if (isSending) return { phase: 'sending' };
  if (!failure) return { phase: 'idle' };
  return {
    phase: phaseOf(failure),
    ...(nextAttemptAt !== undefined && { nextAttemptAt }),
    ...('reason' in failure && failure.reason !== undefined && { detail: failure.reason }),
  };
}

function phaseOf({ kind }: SyncFailure): SendingState['phase'] {
  if (isLineTrouble(kind)) return 'offline';
  return kind === 'signed-out' || kind === 'forbidden' ? kind : 'trouble';
}
