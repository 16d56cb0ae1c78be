/** What people's accounts are for. Desks' accounts have roles of their own: see deskRoles. */
export const personRoles = ['office', 'coordinator', 'reports', 'referrer', 'administrator'] as const;
export type PersonRole = (typeof personRoles)[number];
