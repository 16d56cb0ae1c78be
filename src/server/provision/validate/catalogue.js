// tiski-catalogue: what the city offers, kept by coordinators and read by all who are signed in.
/** @type {(
 *   newDoc: { _id: string, _deleted?: boolean } & Record<string, unknown>,
 *   oldDoc: Record<string, unknown> | null,
 *   userCtx: { name: string | null, roles: string[] },
 *   faultOf: (doc: Record<string, unknown>) => string | undefined,
 * ) => void} */
(
  function (newDoc, _oldDoc, userCtx, faultOf) {
    var fault;

    /**
     * @param {string} role
     * @returns {boolean}
     */
    function hasRole(role) {
      return userCtx.roles.indexOf(role) !== -1;
    }

    /**
     * @param {boolean} isTrue
     * @param {string} reason
     * @returns {asserts isTrue}
     */
    function need(isTrue, reason) {
      if (!isTrue) throw { forbidden: reason };
    }

    if (userCtx.name === null) throw { unauthorized: 'Sign in first.' };
    need(
      hasRole('_admin') || hasRole('administrator') || hasRole('coordinator'),
      'Only coordinators and administrators change the catalogue.'
    );
    // Whoever publishes a key can make cards, or read the desks' rescue files: not a coordinator's matter.
    need(
      !/^(rescue-)?key:/.test(newDoc._id) || hasRole('_admin') || hasRole('administrator'),
      'Only administrators publish keys.'
    );
    if (newDoc._deleted) return;
    fault = faultOf(newDoc);
    need(fault === undefined, fault + '.');
  }
);
