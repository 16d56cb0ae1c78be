// Databases that no device reads: the form of their documents is up to the server.
/** @type {import('../databases').Rules} */
(
  function (newDoc) {
    if (!newDoc._deleted && typeof newDoc.v !== 'number')
      throw { forbidden: 'wrong-form: v must be a number.' };
  }
);
