import { m } from '$lib/paraglide/messages';
import type { SyncState } from '$lib/sync/ports';

/** What keeps a desk from syncing. */
export function describeObstacle(kind: NonNullable<SyncState['lastFailure']>): string {
  switch (kind) {
    case 'unreachable':
      return m.sync_failure_unreachable();
    case 'not-our-server':
      return m.sync_failure_not_our_server();
    case 'signed-out':
      return m.sync_failure_signed_out();
    case 'forbidden':
      return m.sync_failure_forbidden();
    case 'busy':
      return m.sync_failure_busy();
    case 'device':
      return m.sync_failure_device();
    case 'too-large':
    case 'missing':
    case 'server-error':
    case 'rejected':
      return m.sync_failure_server();
  }
}
