// tiski-catalogue: what the city offers, kept by coordinators and read by all who are signed in.
/** @type {(
 *   newDoc: { _id: string, _deleted?: boolean } & Record<string, unknown>,
 *   oldDoc: Record<string, unknown> | null,
 *   userCtx: { name: string | null, roles: string[] },
 * ) => void} */
(
  function (newDoc, _oldDoc, userCtx) {
    var types = ['scheme', 'service', 'venue', 'settings', 'offering', 'key', 'rescue-key'];

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
    need(types.indexOf(String(newDoc.type)) !== -1, 'type must be one of: ' + types.join(', ') + '.');
    need(newDoc._id.indexOf(newDoc.type + ':') === 0, '_id must begin with the type and a colon.');
    need(typeof newDoc.v === 'number', 'v must be a number.');
    if (/^(scheme|service|venue|offering):/.test(newDoc._id)) {
      need(
        /^[a-z]+:[a-z0-9][a-z0-9-]{0,63}$/.test(newDoc._id),
        '_id must be made of a-z, 0-9 and -, 64 at most.'
      );
      ['fi', 'sv', 'en'].forEach(function (language) {
        var names = /** @type {Record<string, unknown>} */ (newDoc.names || {});
        var name = names[language];
        need(
          name === undefined || (typeof name === 'string' && name.length <= 200),
          'names have 200 characters at most.'
        );
      });
    }
    if (newDoc.type === 'service') {
      var sector = newDoc.sector;
      need(
        typeof sector === 'string' && /^[a-z0-9][a-z0-9-]{0,63}$/.test(sector),
        'sector must be made of a-z, 0-9 and -, 64 at most.'
      );
      need(Array.isArray(newDoc.venues), 'venues must be a list.');
    }
    if (newDoc.type === 'offering') {
      need(typeof newDoc.service === 'string', 'service must be text.');
      need(typeof newDoc.venue === 'string', 'venue must be text.');
      need(/^\d{4}-\d{2}-\d{2}$/.test(String(newDoc.from)), 'from must be a day.');
      need(/^\d{4}-\d{2}-\d{2}$/.test(String(newDoc.until)), 'until must be a day.');
    }
  }
);
