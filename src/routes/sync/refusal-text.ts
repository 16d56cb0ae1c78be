import { m } from '$lib/paraglide/messages';
import type { RefusalKind } from '$lib/sync/refusal-kind';

/** S4: why the server refused it, and what to do. */
export function nextStep(kind: RefusalKind): string {
  switch (kind) {
    case 'different':
      return m.sync_refusal_different();
    case 'not-this-desks':
      return m.sync_refusal_not_this_desks();
    case 'server-older':
      return m.sync_refusal_server_older();
    case 'too-large':
      return m.sync_refusal_too_large();
    case 'server-failed':
      return m.sync_refusal_server_failed();
    case 'invalid':
      return m.sync_refusal_invalid();
  }
}
