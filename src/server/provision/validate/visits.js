// tiski-visits-SECTOR: visits and voids, which never change once written.
// The desk's name is part of every id, so that no desk can shadow another's visit by a conflicting branch.
/** @type {(
 *   newDoc: { _id: string, _deleted?: boolean } & Record<string, unknown>,
 *   oldDoc: Record<string, unknown> | null,
 *   userCtx: { name: string | null, roles: string[] },
 * ) => void} */
(
  function (newDoc, oldDoc, userCtx) {
    var instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;
    var visitId = /^visit:([a-z0-9-]+):[0-9A-HJKMNP-TV-Z]{26}$/;

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
     * The desk that a visit's id names; empty for what is no visit's id.
     * @param {unknown} id
     */
    function deskOf(id) {
      var found = isText(id) ? visitId.exec(id) : null;
      return found === null ? '' : found[1];
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
      need(deskOf(doc._id) !== '', '_id must be visit:DESK:ULID.');
      need(deskOf(doc._id) === doc.desk, 'desk must be the desk of the _id.');
      need(isText(doc.card) && /^[0-9]{8}$/.test(doc.card), 'card must be 8 digits.');
      need(doc.scheme === undefined || isText(doc.scheme), 'scheme must be text.');
      need(isText(doc.service), 'service must be text.');
      need(isText(doc.venue), 'venue must be text.');
      need(isInstant(doc.at), 'at must be an instant in UTC.');
      need(isText(doc.zone), 'zone must be text.');
      need(
        doc.clockSkewMs === undefined || typeof doc.clockSkewMs === 'number',
        'clockSkewMs must be a number.'
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
      need(deskOf(doc.visit) !== '', 'visit must be the _id of a visit.');
      need(doc._id === 'void:' + doc.visit, '_id must be void: and the _id of the visit.');
      need(isText(doc.card) && /^[0-9]{8}$/.test(doc.card), 'card must be 8 digits.');
      need(isText(doc.service), 'service must be text.');
      need(isText(doc.desk), 'desk must be text.');
      need(isInstant(doc.at), 'at must be an instant in UTC.');
    }

    /**
     * A desk writes its own: the id, and so the visit that is voided, carries its name. What a device had
     * not sent before it was paired anew goes out under the desk's former name.
     * @param {{ _id: string } & Record<string, unknown>} doc
     */
    function checkDesk(doc) {
      var owner = deskOf(doc.type === 'void' ? doc.visit : doc._id);
      need(owner === userCtx.name || hasRole('former:' + owner), 'A desk writes its own documents only.');
      need(doc.desk === owner, 'desk must be the desk that the _id names.');
      if (doc.type === 'visit')
        need(hasRole('venue:' + doc.venue), 'This desk does not belong to that venue.');
    }

    if (userCtx.name === null) throw { unauthorized: 'Sign in first.' };
    if (hasRole('_admin') && newDoc._deleted) return;
    need(!newDoc._deleted, 'Visits are never deleted.');
    need(
      oldDoc === null || (!oldDoc._deleted && isSame(content(oldDoc), content(newDoc))),
      'Visits never change. Write a void to undo one.'
    );
    need(newDoc.type === 'visit' || newDoc.type === 'void', 'type must be visit or void.');
    need(newDoc.v === 1, 'v must be 1.');
    if (newDoc.type === 'visit') checkVisit(newDoc);
    else checkVoid(newDoc);
    if (hasRole('_admin') || hasRole('administrator') || hasRole('office')) return;
    need(hasRole('desk'), 'Only desks and the office write visits.');
    checkDesk(newDoc);
  }
);
