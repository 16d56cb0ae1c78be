import type { PairFailure } from '$lib/app/pair-device';
import { m } from '$lib/paraglide/messages';

export function describePairFailure(failure: PairFailure): string {
  switch (failure.kind) {
    case 'wrong-code':
      return m.setup_wrong_code();
    case 'unreachable':
    case 'not-our-server':
      return m.setup_unreachable();
    case 'busy':
      return m.setup_busy({ seconds: Math.ceil((failure.retryAfterMs ?? 60_000) / 1000) });
    case 'signed-out':
    case 'forbidden':
    case 'too-large':
    case 'missing':
    case 'server-error':
    case 'rejected':
      return m.setup_failed();
  }
}
