// What every database requires before its own rules: somebody who is signed in, and may write such a
// document.
/** @type {import('../databases').Rules} */
(
  function (newDoc, oldDoc, userCtx, rights) {
    /** @type {'create' | 'change' | 'delete'} */
    var operation = 'create';
    var refusal;
    if (userCtx.name === null) throw { unauthorized: 'signed-out: Sign in first.' };
    if (oldDoc !== null && !oldDoc._deleted) operation = 'change';
    if (newDoc._deleted) operation = 'delete';
    refusal = rights.refusalOf(newDoc, operation, userCtx.roles);
    if (refusal !== undefined) throw { forbidden: refusal };
  }
);
