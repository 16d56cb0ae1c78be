import { m } from '$lib/paraglide/messages';
import type { ProblemKind } from '$lib/store/problems';
import type { SyncState } from '$lib/sync/ports';

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

export function describeProblem(kind: ProblemKind): string {
  switch (kind) {
    case 'revoked':
      return m.sync_problem_revoked();
    case 'update-needed':
      return m.sync_update_title();
    default:
      return describeObstacle(kind);
  }
}
