/** What people's accounts may do, as their documents in `_users` say. */
export const personRoles = ['office', 'coordinator', 'reports', 'referrer', 'administrator'] as const;
export type PersonRole = (typeof personRoles)[number];

/** Who uses a database: people by their role, desks, and the server itself. */
export type Role = PersonRole | 'desk' | 'server';
