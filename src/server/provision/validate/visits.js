// tiski-visits-SECTOR: visits and voids, which never change once written.
// The desk's name is part of every id, so that no desk can shadow another's visit by a conflicting branch.
(function (newDoc, oldDoc, userCtx) {
  var instant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;
  var visitId = /^visit:([a-z0-9-]+):[0-9A-HJKMNP-TV-Z]{26}$/;

  function hasRole(role) {
    return userCtx.roles.indexOf(role) !== -1;
  }

  function need(isTrue, reason) {
    if (!isTrue) throw { forbidden: reason };
  }

  function isText(value) {
    return typeof value === 'string' && value !== '';
  }

  function isCount(value) {
    return typeof value === 'number' && value >= 0 && Math.floor(value) === value;
  }

  function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  }

  function isInstant(value) {
    return isText(value) && instant.test(value) && !isNaN(Date.parse(value));
  }

  // Whether two values are the same, the order of keys aside.
  function isSame(a, b) {
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
    if (Array.isArray(a) !== Array.isArray(b)) return false;
    var names = Object.keys(a);
    return (
      names.length === Object.keys(b).length &&
      names.every(function (name) {
        return Object.prototype.hasOwnProperty.call(b, name) && isSame(a[name], b[name]);
      })
    );
  }

  // The members that are the document's own and not CouchDB's.
  function content(doc) {
    var own = {};
    Object.keys(doc).forEach(function (name) {
      if (name === '_attachments' || name.charAt(0) !== '_') own[name] = doc[name];
    });
    return own;
  }

  function checkVisit(doc) {
    var verdict = doc.verdict;
    var people = doc.people;
    need(visitId.test(doc._id), '_id must be visit:DESK:ULID.');
    need(doc._id.match(visitId)[1] === doc.desk, 'desk must be the desk of the _id.');
    need(isText(doc.card) && /^[0-9]{8}$/.test(doc.card), 'card must be 8 digits.');
    need(doc.scheme === undefined || isText(doc.scheme), 'scheme must be text.');
    need(isText(doc.service), 'service must be text.');
    need(isText(doc.venue), 'venue must be text.');
    need(isInstant(doc.at), 'at must be an instant in UTC.');
    need(isText(doc.zone), 'zone must be text.');
    need(
      doc.clockSkewMs === undefined || typeof doc.clockSkewMs === 'number',
      'clockSkewMs must be a number.',
    );
    need(isObject(people), 'people must be an object.');
    need(
      isCount(people.holder) && isCount(people.children) && isCount(people.assistants),
      'people must have the counts holder, children and assistants.',
    );
    need(isObject(verdict), 'verdict must be an object.');
    need(
      verdict.outcome === 'admit' || verdict.outcome === 'ask' || verdict.outcome === 'refuse',
      'verdict.outcome must be admit, ask or refuse.',
    );
    need(verdict.reason === undefined || isText(verdict.reason), 'verdict.reason must be text.');
    need(
      Array.isArray(verdict.marks) && verdict.marks.every(isText),
      'verdict.marks must be a list of texts.',
    );
    need(
      doc.override === undefined || (isObject(doc.override) && isText(doc.override.reason)),
      'override must have a reason.',
    );
    need(
      isObject(doc.register) && (doc.register.asOf === null || isInstant(doc.register.asOf)),
      'register.asOf must be an instant in UTC or null.',
    );
    need(isCount(doc.number) && doc.number >= 1, 'number must be a whole number from 1 on.');
    need(
      doc.previous === '' || (isText(doc.previous) && /^[0-9a-f]{64}$/.test(doc.previous)),
      'previous must be a SHA-256 in hex, or empty.',
    );
  }

  function checkVoid(doc) {
    need(isText(doc.visit) && visitId.test(doc.visit), 'visit must be the _id of a visit.');
    need(doc._id === 'void:' + doc.visit, '_id must be void: and the _id of the visit.');
    need(isText(doc.card) && /^[0-9]{8}$/.test(doc.card), 'card must be 8 digits.');
    need(isText(doc.service), 'service must be text.');
    need(isText(doc.desk), 'desk must be text.');
    need(isInstant(doc.at), 'at must be an instant in UTC.');
  }

  // A desk writes its own: the id, and so the visit that is voided, carries its name.
  function checkDesk(doc) {
    var id = doc.type === 'void' ? doc.visit : doc._id;
    need(id.match(visitId)[1] === userCtx.name, 'A desk writes its own documents only.');
    need(doc.desk === userCtx.name, 'desk must be the name of the account that writes.');
    if (doc.type === 'visit') need(hasRole('venue:' + doc.venue), 'This desk does not belong to that venue.');
  }

  if (userCtx.name === null) throw { unauthorized: 'Sign in first.' };
  if (hasRole('_admin') && newDoc._deleted) return;
  need(!newDoc._deleted, 'Visits are never deleted.');
  need(
    oldDoc === null || (!oldDoc._deleted && isSame(content(oldDoc), content(newDoc))),
    'Visits never change. Write a void to undo one.',
  );
  need(newDoc.type === 'visit' || newDoc.type === 'void', 'type must be visit or void.');
  need(newDoc.v === 1, 'v must be 1.');
  if (newDoc.type === 'visit') checkVisit(newDoc);
  else checkVoid(newDoc);
  if (hasRole('_admin') || hasRole('administrator') || hasRole('office')) return;
  need(hasRole('desk'), 'Only desks and the office write visits.');
  checkDesk(newDoc);
});
