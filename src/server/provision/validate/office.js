// tiski-office: people, applications, decisions, desks; for the office alone.
(function (newDoc, oldDoc, userCtx) {
  function hasRole(role) {
    return userCtx.roles.indexOf(role) !== -1;
  }

  function need(isTrue, reason) {
    if (!isTrue) throw { forbidden: reason };
  }

  if (userCtx.name === null) throw { unauthorized: 'Sign in first.' };
  need(hasRole('_admin') || hasRole('administrator') || hasRole('office'), 'Only the office writes here.');
  if (newDoc._deleted) return;
  need(typeof newDoc.type === 'string' && newDoc.type !== '', 'type must be text.');
  need(newDoc._id.indexOf(newDoc.type + ':') === 0, '_id must begin with the type and a colon.');
  need(typeof newDoc.v === 'number', 'v must be a number.');
});
