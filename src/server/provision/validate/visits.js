// tiski-visits-SECTOR: visits, choices, what undoes them, and resolutions of conflicts. None of it ever changes.
// The desk's name is part of every id, so that no desk can shadow another's visit by a conflicting branch.
/** @type {(
 *   newDoc: { _id: string, _deleted?: boolean } & Record<string, unknown>,
 *   oldDoc: Record<string, unknown> | null,
 *   userCtx: { name: string | null, roles: string[] },
 * ) => void} */
(
  function (newDoc, oldDoc, userCtx) {
    var instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;
    var ownedId = /^(visit|choice|resolution):([a-z0-9-]+):[0-9A-HJKMNP-TV-Z]{26}$/;
    var types = ['visit', 'void', 'choice', 'release', 'resolution'];
    // What a document of each type may hold besides _id, type and v; "people." of what people holds.
    var members = {
      visit: [
        'card scheme service venue offering portions desk at zone clockSkewMs people verdict override register',
        'number previous timeUncertain timeUncertain.from timeUncertain.until',
        'people.holder people.children people.assistants verdict.outcome verdict.reason verdict.marks',
        'override.reason register.asOf',
      ],
      void: ['visit card service desk by at'],
      choice: ['card scheme service offering venue desk at zone register register.asOf'],
      release: ['choice card service offering by reason at'],
      resolution: ['conflict documents decision kept by at'],
    };
    // Characters as JSON: a visit has some 550, a resolution names up to some 1,400 documents.
    var largest = { visit: 4096, void: 4096, choice: 4096, release: 4096, resolution: 65536 };
    // Revisions of one document: it never changes, but may have been deleted and written again.
    var longestHistory = 20;

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

    /**
     * @param {unknown} value
     * @returns {value is string}
     */
    function isText(value) {
      return typeof value === 'string' && value !== '';
    }

    /**
     * What the devices take for a name (documents/fields.ts): they put everything else in quarantine.
     * @param {unknown} value
     * @returns {value is string}
     */
    function isName(value) {
      return typeof value === 'string' && /^[a-z0-9][a-z0-9-]{0,63}$/.test(value);
    }

    /**
     * @param {unknown} value
     * @returns {value is number}
     */
    function isCount(value) {
      return typeof value === 'number' && value >= 0 && Math.floor(value) === value;
    }

    /**
     * @param {unknown} value
     * @returns {value is Record<string, unknown>}
     */
    function isObject(value) {
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    }

    /**
     * @param {unknown} value
     * @returns {value is string}
     */
    function isInstant(value) {
      return isText(value) && instant.test(value) && !isNaN(Date.parse(value));
    }

    /**
     * The account that an id of a type names; empty for what is no such id.
     * @param {string} type
     * @param {unknown} id
     */
    function ownerOf(type, id) {
      var found = isText(id) ? ownedId.exec(id) : null;
      return found === null || found[1] !== type ? '' : found[2];
    }

    /**
     * Whether two values are the same, the order of keys aside.
     * @param {unknown} a
     * @param {unknown} b
     * @returns {boolean}
     */
    function isSame(a, b) {
      if (Array.isArray(a) && Array.isArray(b)) {
        return (
          a.length === b.length &&
          a.every(function (item, index) {
            return isSame(item, b[index]);
          })
        );
      }
      if (!isObject(a) || !isObject(b)) return a === b;
      var names = Object.keys(a);
      return (
        names.length === Object.keys(b).length &&
        names.every(function (name) {
          return Object.prototype.hasOwnProperty.call(b, name) && isSame(a[name], b[name]);
        })
      );
    }

    /**
     * The members that are the document's own and not CouchDB's.
     * @param {Record<string, unknown>} doc
     */
    function content(doc) {
      /** @type {Record<string, unknown>} */
      var own = {};
      Object.keys(doc).forEach(function (name) {
        if (name === '_attachments' || name.charAt(0) !== '_') own[name] = doc[name];
      });
      return own;
    }

    /** @param {{ _id: string } & Record<string, unknown>} doc */
    function checkVisit(doc) {
      var verdict = doc.verdict;
      var people = doc.people;
      need(ownerOf('visit', doc._id) !== '', '_id must be visit:DESK:ULID.');
      need(ownerOf('visit', doc._id) === doc.desk, 'desk must be the desk of the _id.');
      need(isText(doc.card) && /^[0-9]{8}$/.test(doc.card), 'card must be 8 digits.');
      need(
        doc.scheme === undefined || isName(doc.scheme),
        'scheme must be a name of a-z, 0-9 and -, 64 at most.'
      );
      need(isName(doc.service), 'service must be a name of a-z, 0-9 and -, 64 at most.');
      need(isName(doc.venue), 'venue must be a name of a-z, 0-9 and -, 64 at most.');
      need(isInstant(doc.at), 'at must be an instant in UTC.');
      need(isText(doc.zone), 'zone must be text.');
      need(
        doc.offering === undefined || isName(doc.offering),
        'offering must be a name of a-z, 0-9 and -, 64 at most.'
      );
      need(doc.portions === undefined || isCount(doc.portions), 'portions must be a whole number.');
      need(
        doc.clockSkewMs === undefined || typeof doc.clockSkewMs === 'number',
        'clockSkewMs must be a number.'
      );
      need(
        doc.timeUncertain === undefined ||
          (isObject(doc.timeUncertain) &&
            isInstant(doc.timeUncertain.from) &&
            (doc.timeUncertain.until === undefined || isInstant(doc.timeUncertain.until))),
        'timeUncertain must have the instant from, and until where it has one.'
      );
      need(isObject(people), 'people must be an object.');
      need(
        isCount(people.holder) && isCount(people.children) && isCount(people.assistants),
        'people must have the counts holder, children and assistants.'
      );
      need(isObject(verdict), 'verdict must be an object.');
      need(
        verdict.outcome === 'admit' || verdict.outcome === 'ask' || verdict.outcome === 'refuse',
        'verdict.outcome must be admit, ask or refuse.'
      );
      need(verdict.reason === undefined || isText(verdict.reason), 'verdict.reason must be text.');
      need(
        Array.isArray(verdict.marks) && verdict.marks.every(isText),
        'verdict.marks must be a list of texts.'
      );
      need(
        doc.override === undefined || (isObject(doc.override) && isText(doc.override.reason)),
        'override must have a reason.'
      );
      need(
        isObject(doc.register) && (doc.register.asOf === null || isInstant(doc.register.asOf)),
        'register.asOf must be an instant in UTC or null.'
      );
      need(isCount(doc.number) && doc.number >= 1, 'number must be a whole number from 1 on.');
      need(
        doc.previous === '' || (isText(doc.previous) && /^[0-9a-f]{64}$/.test(doc.previous)),
        'previous must be a SHA-256 in hex, or empty.'
      );
    }

    /** @param {{ _id: string } & Record<string, unknown>} doc */
    function checkVoid(doc) {
      need(ownerOf('visit', doc.visit) !== '', 'visit must be the _id of a visit.');
      need(doc._id === 'void:' + doc.visit, '_id must be void: and the _id of the visit.');
      need(isText(doc.card) && /^[0-9]{8}$/.test(doc.card), 'card must be 8 digits.');
      need(isName(doc.service), 'service must be a name of a-z, 0-9 and -, 64 at most.');
      need(isText(doc.desk), 'desk must be text.');
      need(doc.by === undefined || isText(doc.by), 'by must be text.');
      need(isInstant(doc.at), 'at must be an instant in UTC.');
    }

    /** @param {{ _id: string } & Record<string, unknown>} doc */
    function checkChoice(doc) {
      need(ownerOf('choice', doc._id) !== '', '_id must be choice:DESK:ULID.');
      need(ownerOf('choice', doc._id) === doc.desk, 'desk must be the desk of the _id.');
      need(isText(doc.card) && /^[0-9]{8}$/.test(doc.card), 'card must be 8 digits.');
      need(
        doc.scheme === undefined || isName(doc.scheme),
        'scheme must be a name of a-z, 0-9 and -, 64 at most.'
      );
      need(isName(doc.service), 'service must be a name of a-z, 0-9 and -, 64 at most.');
      need(isName(doc.offering), 'offering must be a name of a-z, 0-9 and -, 64 at most.');
      need(isName(doc.venue), 'venue must be a name of a-z, 0-9 and -, 64 at most.');
      need(isInstant(doc.at), 'at must be an instant in UTC.');
      need(isText(doc.zone), 'zone must be text.');
      need(
        isObject(doc.register) && (doc.register.asOf === null || isInstant(doc.register.asOf)),
        'register.asOf must be an instant in UTC or null.'
      );
    }

    /** @param {{ _id: string } & Record<string, unknown>} doc */
    function checkRelease(doc) {
      need(ownerOf('choice', doc.choice) !== '', 'choice must be the _id of a choice.');
      need(doc._id === 'release:' + doc.choice, '_id must be release: and the _id of the choice.');
      need(isText(doc.card) && /^[0-9]{8}$/.test(doc.card), 'card must be 8 digits.');
      need(isName(doc.service), 'service must be a name of a-z, 0-9 and -, 64 at most.');
      need(isName(doc.offering), 'offering must be a name of a-z, 0-9 and -, 64 at most.');
      need(isText(doc.by), 'by must be text.');
      need(
        doc.reason === 'undone' || doc.reason === 'office' || doc.reason === 'review',
        'reason must be undone, office or review.'
      );
      need(isInstant(doc.at), 'at must be an instant in UTC.');
    }

    /** @param {{ _id: string } & Record<string, unknown>} doc */
    function checkResolution(doc) {
      need(ownerOf('resolution', doc._id) !== '', '_id must be resolution:ACCOUNT:ULID.');
      need(ownerOf('resolution', doc._id) === doc.by, 'by must be the account of the _id.');
      need(isText(doc.conflict), 'conflict must be text.');
      need(
        Array.isArray(doc.documents) && doc.documents.length > 0 && doc.documents.every(isText),
        'documents must be a list of ids.'
      );
      need(
        doc.decision === 'accept' || doc.decision === 'keep' || doc.decision === 'contact',
        'decision must be accept, keep or contact.'
      );
      need(
        doc.kept === undefined || (Array.isArray(doc.kept) && doc.kept.every(isText)),
        'kept must be a list of ids.'
      );
      need(isInstant(doc.at), 'at must be an instant in UTC.');
    }

    /** @param {{ _id: string } & Record<string, unknown>} doc */
    function checkShape(doc) {
      switch (doc.type) {
        case 'visit':
          return checkVisit(doc);
        case 'void':
          return checkVoid(doc);
        case 'choice':
          return checkChoice(doc);
        case 'release':
          return checkRelease(doc);
        default:
          return checkResolution(doc);
      }
    }

    /**
     * No more than its type needs: what is stored comes to every desk of the sector and stays.
     * @param {{ _id: string, _revisions?: unknown } & Record<string, unknown>} doc
     */
    function checkBounds(doc) {
      var type = /** @type {keyof typeof members} */ (doc.type);
      var known = members[type].join(' ').split(' ').concat(['type', 'v']);
      var history = isObject(doc._revisions) ? doc._revisions.ids : [];
      /**
       * @param {Record<string, unknown>} value
       * @param {string} above
       */
      function checkMembers(value, above) {
        Object.keys(value).forEach(function (name) {
          var inner = value[name];
          if (above === '' && name.charAt(0) === '_' && name !== '_attachments') return;
          need(known.indexOf(above + name) !== -1, 'Not a member of this type: ' + above + name + '.');
          if (isObject(inner)) checkMembers(inner, above + name + '.');
        });
      }
      need(doc._attachments === undefined, 'There are no attachments here.');
      checkMembers(doc, '');
      need(JSON.stringify(content(doc)).length <= largest[type], 'The document is too large.');
      need(!Array.isArray(history) || history.length <= longestHistory, 'The history is too long.');
    }

    /**
     * A desk writes its own: the id, and so the visit that is voided, carries its name. What a device had
     * not sent before it was paired anew goes out under the desk's former name.
     * @param {{ _id: string } & Record<string, unknown>} doc
     */
    function checkDesk(doc) {
      var owner;
      if (doc.type === 'void') owner = ownerOf('visit', doc.visit);
      else if (doc.type === 'release') owner = ownerOf('choice', doc.choice);
      else owner = ownerOf(String(doc.type), doc._id);
      need(owner === userCtx.name || hasRole('former:' + owner), 'A desk writes its own documents only.');
      if (doc.type === 'visit' || doc.type === 'void' || doc.type === 'choice')
        need(doc.desk === owner, 'desk must be the desk that the _id names.');
      if (doc.type === 'visit' || doc.type === 'choice')
        need(hasRole('venue:' + doc.venue), 'This desk does not belong to that venue.');
      if (doc.type === 'release')
        need(doc.by === owner && doc.reason === 'undone', 'A desk undoes choices of its own only.');
      if (doc.type === 'resolution')
        need(doc.decision !== 'keep', 'What goes on counting is decided by the office.');
    }

    if (userCtx.name === null) throw { unauthorized: 'Sign in first.' };
    if (hasRole('_admin') && newDoc._deleted) return;
    need(!newDoc._deleted, 'Visits are never deleted.');
    need(
      oldDoc === null || (!oldDoc._deleted && isSame(content(oldDoc), content(newDoc))),
      'Visits never change. Write a void to undo one.'
    );
    need(types.indexOf(String(newDoc.type)) !== -1, 'type must be one of: ' + types.join(', ') + '.');
    need(newDoc.v === 1, 'v must be 1.');
    checkShape(newDoc);
    if (hasRole('_admin') || hasRole('administrator')) return;
    checkBounds(newDoc);
    if (hasRole('office')) return;
    need(hasRole('desk'), 'Only desks and the office write visits.');
    checkDesk(newDoc);
  }
);
