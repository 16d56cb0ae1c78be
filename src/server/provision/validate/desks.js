// tiski-desks: desks, their open codes, and whether the store is a demo; for the server alone.
/** @type {(
 *   newDoc: { _id: string, _deleted?: boolean } & Record<string, unknown>,
 *   oldDoc: Record<string, unknown> | null,
 *   userCtx: { name: string | null, roles: string[] },
 * ) => void} */
(
  function (newDoc, _oldDoc, userCtx) {
    /**
     * @param {boolean} isTrue
     * @param {string} reason
     * @returns {asserts isTrue}
     */
    function need(isTrue, reason) {
      if (!isTrue) throw { forbidden: reason };
    }

    if (userCtx.name === null) throw { unauthorized: 'Sign in first.' };
    need(userCtx.roles.indexOf('_admin') !== -1, 'Only the server writes here.');
    if (newDoc._deleted) return;
    need(typeof newDoc.type === 'string' && newDoc.type !== '', 'type must be text.');
    need(newDoc._id.indexOf(newDoc.type + ':') === 0, '_id must begin with the type and a colon.');
    need(typeof newDoc.v === 'number', 'v must be a number.');
  }
);
