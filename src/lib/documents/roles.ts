/** What people's accounts are for, as their documents in `_users` say. */
export const personRoles = ['office', 'coordinator', 'reports', 'referrer', 'administrator'] as const;
export type PersonRole = (typeof personRoles)[number];

/** Who uses a database: people by their role, desks, and the server's own work. */
export type Role = PersonRole | 'desk' | 'server';
