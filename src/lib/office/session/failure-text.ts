import { m } from '$lib/paraglide/messages';
import type { OfficeFailure } from './ask';

export function describeFailure(failure: OfficeFailure): string {
  switch (failure.kind) {
    case 'unreachable':
      return m.office_unreachable();
    case 'signed-out':
      return m.office_signed_out();
    case 'forbidden':
      return m.office_not_administrator();
    case 'busy':
      return m.office_busy({ seconds: failure.seconds });
    case 'failed':
      return describeFault(failure);
  }
}

/** An unexpected failure; a fault of the server comes with the id by which to find it in its log. */
export function describeFault({ reason, requestId }: OfficeFailure & { kind: 'failed' }): string {
  return requestId === undefined ? m.office_failed({ reason }) : m.office_fault({ id: requestId });
}
