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

/** Something that nobody foresaw; a fault of the server's with the word by which it is found in its log. */
export function describeFault({ reason, requestId }: OfficeFailure & { kind: 'failed' }): string {
  return requestId === undefined ? m.office_failed({ reason }) : m.office_fault({ id: requestId });
}
