// tiski-office: people, applications, decisions; for the office alone. Desks are in tiski-desks.
/** @type {(
 *   newDoc: { _id: string, _deleted?: boolean } & Record<string, unknown>,
 *   oldDoc: Record<string, unknown> | null,
 *   userCtx: { name: string | null, roles: string[] },
 * ) => void} */
(
  function (newDoc, _oldDoc, userCtx) {
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
    need(hasRole('_admin') || hasRole('administrator') || hasRole('office'), 'Only the office writes here.');
    // A desk's document makes accounts, and a rescue note is evidence: the server alone writes or deletes them.
    need(
      !/^(desk|rescue):/.test(newDoc._id) || hasRole('_admin'),
      'Only the server writes desks and rescue notes.'
    );
    if (newDoc._deleted) return;
    need(typeof newDoc.type === 'string' && newDoc.type !== '', 'type must be text.');
    need(newDoc._id.indexOf(newDoc.type + ':') === 0, '_id must begin with the type and a colon.');
    need(typeof newDoc.v === 'number', 'v must be a number.');
  }
);
