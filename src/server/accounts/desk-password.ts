/**
 * Rounds for the hash of a password that a desk gave itself: a slow hash would not stop a thief, but would
 * delay all of a city's desks after a server restart. Any other password of a desk gets the slow one.
 */
export const deskIterations = 1000;

const ownForm = /^[0-9a-f]{64}$/;

/** Whether a password has the form that desks give their own: 256 random bits, which nobody guesses. */
export const hasOwnForm = (password: string): boolean => ownForm.test(password);

/** Whether it may be the password that a desk, in service or revoked, gave itself. */
export const isDesksOwn = (password: string, roles: unknown): boolean =>
  Array.isArray(roles) && (roles.includes('desk') || roles.includes('revoked')) && hasOwnForm(password);
