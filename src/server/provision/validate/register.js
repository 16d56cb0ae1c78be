// tiski-register: one document a card, written by the office, and the server's snapshot of them all; read by desks.
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
      hasRole('_admin') || hasRole('administrator') || hasRole('office'),
      'Only the office changes the register.'
    );
    if (newDoc.type === 'snapshot' || newDoc._id.indexOf('snapshot:') === 0) {
      need(hasRole('_admin') || hasRole('administrator'), 'Only the server packs the register.');
    }
    if (newDoc._deleted) {
      // Who knows whether it was handed out? A printed code lives on: the office ends a card.
      need(
        newDoc._id.indexOf('card:') !== 0 || hasRole('_admin') || hasRole('administrator'),
        'Cards are not deleted. End the card: status ended.'
      );
      return;
    }
    if (newDoc.type === 'snapshot') {
      need(newDoc._id === 'snapshot:' + newDoc.epoch, '_id must be snapshot: and the epoch.');
      return;
    }
    fault = faultOf(newDoc);
    need(fault === undefined, fault + '.');
    need(newDoc._id === 'card:' + newDoc.number, '_id must be card: and the number.');
  }
);
