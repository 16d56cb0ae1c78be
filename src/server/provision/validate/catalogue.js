// tiski-catalogue: what the city offers. document.js has already checked who writes it.
/** @type {import('../databases').Rules} */
(
  function (newDoc, _oldDoc, _userCtx, _rights, faultOf) {
    var fault;
    if (newDoc._deleted) return;
    fault = faultOf(newDoc);
    if (fault !== undefined) throw { forbidden: fault + '.' };
  }
);
