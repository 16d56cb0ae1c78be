import { m } from '$lib/paraglide/messages';
import type { ProblemKind } from '$lib/store/problems';
import { describeObstacle } from '$lib/ui/obstacle-text';

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
