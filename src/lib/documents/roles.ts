import { accountRights, type AccountRight } from '$lib/domain/benefit/logged';

/**
 * The rights of people's accounts, as the roles of their documents in `_users`. Five are older than the rest,
 * hence their form: `office` keeps the register and its reviews, `coordinator` the catalogue and the criteria
 * of schemes, `reports` reads figures, `referrer` refers people to the office. `self-approve` gives nothing
 * alone: with `decide`, somebody may decide what they entered themselves.
 */
export const personRoles = accountRights;
export type PersonRole = AccountRight;

/** Who uses a database: people by their role, desks, and the server itself. */
export type Role = PersonRole | 'desk' | 'server';
