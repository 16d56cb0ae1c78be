/**
 * The rights of people's accounts, as the roles of their documents in `_users`. The first five are older than
 * the rest, hence their form: `office` keeps the register and its reviews, `coordinator` the catalogue and the
 * criteria of schemes, `reports` reads figures, `referrer` refers people to the office. `self-approve` gives
 * nothing alone: with `decide`, somebody may decide what they referred themselves.
 */
export const personRoles = [
  'office',
  'coordinator',
  'reports',
  'referrer',
  'administrator',
  'receive',
  'decide',
  'self-approve',
  'hand-out',
  'audit',
] as const;
export type PersonRole = (typeof personRoles)[number];

/** Who uses a database: people by their role, desks, and the server itself. */
export type Role = PersonRole | 'desk' | 'server';
