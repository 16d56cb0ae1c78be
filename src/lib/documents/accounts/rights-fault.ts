import type { PersonRole } from '$lib/documents/roles';

export type RightsFault =
  'self-approve-without-decide' | 'audit-of-own-work' | 'referrer-without-organisation';

/** What an auditor looks into, and so has no part in. */
const audited: readonly PersonRole[] = ['receive', 'decide', 'self-approve', 'hand-out'];

/** Why one account can't have these rights together; undefined if it can. */
export function rightsFault(
  rights: readonly PersonRole[],
  hasOrganisation: boolean,
): RightsFault | undefined {
  if (rights.includes('self-approve') && !rights.includes('decide')) return 'self-approve-without-decide';
  if (rights.includes('audit') && rights.some((right) => audited.includes(right))) return 'audit-of-own-work';
  if (rights.includes('referrer') && !hasOrganisation) return 'referrer-without-organisation';
  return undefined;
}
