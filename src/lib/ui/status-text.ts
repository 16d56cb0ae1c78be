import { m } from '$lib/paraglide/messages';
import type { SyncPhase } from '$lib/sync/ports';
import { formatCount } from './format';

/** The state of the link to the city, in a cashier's words. */
export function phaseText(phase: SyncPhase): string {
  switch (phase) {
    case 'starting':
      return m.status_starting();
    case 'in-sync':
      return m.status_in_sync();
    case 'sending':
      return m.status_sending();
    case 'loading':
      return m.status_loading();
    case 'offline':
      return m.status_offline();
    case 'trouble':
      return m.status_trouble();
    case 'signed-out':
      return m.status_signed_out();
    case 'revoked':
      return m.status_revoked();
    case 'update-needed':
      return m.status_update_needed();
  }
}

/** What the server refused (S4); `count` is at least 1. */
export const refusedText = (count: number): string =>
  count === 1 ? m.sync_refused_one() : m.sync_refused_many({ count: formatCount(count) });

export function waitingText(count: number): string {
  if (count === 0) return m.status_waiting_none();
  return count === 1 ? m.status_waiting_one() : m.status_waiting_many({ count });
}
