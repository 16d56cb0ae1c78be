/**
 * Of the hash of a password that a desk gave itself: a slow one would hold up no thief, but all the desks of a city after
 * a restart of the server. Any other password of a desk gets the slow one.
 */
export const deskIterations = 1000;

const ownForm = /^[0-9a-f]{64}$/;

/** Whether a password has the form of those that desks give themselves: 256 random bits, which nobody guesses. */
export const hasOwnForm = (password: string): boolean => ownForm.test(password);

/** Whether it may be the one that a desk, in service or revoked, gave itself. */
export const isDesksOwn = (password: string, roles: unknown): boolean =>
  Array.isArray(roles) && (roles.includes('desk') || roles.includes('revoked')) && hasOwnForm(password);
