// tiski-visits-SECTOR: visits, choices, what undoes them, and resolutions of conflicts. None of it ever changes.
// The desk's name is part of every id, so that no desk can shadow another's visit by a conflicting branch.
/** @type {import('../databases').Rules} */
(
  function (newDoc, oldDoc, userCtx, rights, faultOf) {
    var ownedId = /^(visit|choice|resolution):([a-z0-9-]+):[0-9A-HJKMNP-TV-Z]{26}$/;
    var fault;
    var refusal;
    // Characters as JSON: a visit has some 550, a resolution names up to some 1,400 documents.
    var largest = 4096;
    var largestResolution = 65536;
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
     * @returns {value is Record<string, unknown>}
     */
    function isObject(value) {
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    }

    /**
     * The account that an id of a type names; empty if it isn't such an id.
     * @param {string} type
     * @param {unknown} id
     */
    function ownerOf(type, id) {
      var found = ownedId.exec(String(id));
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

    /**
     * The id says whose a document is and what it undoes.
     * @param {{ _id: string } & Record<string, unknown>} doc
     */
    function checkId(doc) {
      switch (doc.type) {
        case 'void':
          need(ownerOf('visit', doc.visit) !== '', 'wrong-id: visit must be the _id of a visit.');
          return need(
            doc._id === 'void:' + doc.visit,
            'wrong-id: _id must be void: and the _id of the visit.'
          );
        case 'release':
          need(ownerOf('choice', doc.choice) !== '', 'wrong-id: choice must be the _id of a choice.');
          return need(
            doc._id === 'release:' + doc.choice,
            'wrong-id: _id must be release: and the _id of the choice.'
          );
        case 'resolution':
          return need(
            ownerOf('resolution', doc._id) === doc.by,
            'wrong-id: by must be the account of the _id.'
          );
        default:
          return need(
            ownerOf(String(doc.type), doc._id) === doc.desk,
            'wrong-id: desk must be the desk of the _id.'
          );
      }
    }

    /** @param {string} role */
    function isNoDesk(role) {
      return role !== 'desk';
    }

    /**
     * What is stored comes to every desk of the sector and stays.
     * @param {{ _id: string, _revisions?: unknown } & Record<string, unknown>} doc
     */
    function checkBounds(doc) {
      var most = doc.type === 'resolution' ? largestResolution : largest;
      var history = isObject(doc._revisions) ? doc._revisions.ids : [];
      need(JSON.stringify(content(doc)).length <= most, 'too-large: The document is too large.');
      need(
        !Array.isArray(history) || history.length <= longestHistory,
        'history-too-long: The history is too long.'
      );
    }

    /**
     * A desk writes its own: the id, and so the visit that is voided, carries its name. What a device had
     * not sent before it was paired again goes out under the desk's former name.
     * @param {{ _id: string } & Record<string, unknown>} doc
     */
    function checkDesk(doc) {
      var owner;
      if (doc.type === 'void') owner = ownerOf('visit', doc.visit);
      else if (doc.type === 'release') owner = ownerOf('choice', doc.choice);
      else owner = ownerOf(String(doc.type), doc._id);
      need(
        owner === userCtx.name || hasRole('former:' + owner),
        'not-your-document: A desk writes its own documents only.'
      );
      if (doc.type === 'visit' || doc.type === 'void' || doc.type === 'choice')
        need(doc.desk === owner, 'not-your-document: desk must be the desk that the _id names.');
      if (doc.type === 'visit' || doc.type === 'choice')
        need(hasRole('venue:' + doc.venue), 'not-your-venue: This desk does not belong to that venue.');
      if (doc.type === 'release')
        need(
          doc.by === owner && doc.reason === 'undone',
          'not-your-document: A desk undoes choices of its own only.'
        );
      if (doc.type === 'resolution')
        need(doc.decision !== 'keep', 'office-only: What goes on counting is decided by the office.');
    }

    if (userCtx.name === null) throw { unauthorized: 'signed-out: Sign in first.' };
    if (newDoc._deleted) {
      need(
        rights.refusalOf(newDoc, 'delete', userCtx.roles) === undefined,
        'never-deleted: Visits are never deleted.'
      );
      return;
    }
    need(
      oldDoc === null || (!oldDoc._deleted && isSame(content(oldDoc), content(newDoc))),
      'never-changes: Visits never change. Write a void to undo one.'
    );
    if (!rights.isAdministrator(userCtx.roles)) checkBounds(newDoc);
    fault = faultOf(newDoc);
    need(fault === undefined, fault + '.');
    checkId(newDoc);
    refusal = rights.refusalOf(newDoc, 'create', userCtx.roles);
    if (refusal !== undefined) throw { forbidden: refusal };
    // Whoever may write without being a desk writes for all of them.
    if (rights.refusalOf(newDoc, 'create', userCtx.roles.filter(isNoDesk)) !== undefined) checkDesk(newDoc);
  }
);
