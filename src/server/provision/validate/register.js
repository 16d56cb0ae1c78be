// tiski-register: one document per card, and the server's snapshot of them all.
/** @type {import('../databases').Rules} */
(
  function (newDoc, _oldDoc, _userCtx, _rights, faultOf) {
    var fault;

    /**
     * @param {boolean} isTrue
     * @param {string} reason
     */
    function need(isTrue, reason) {
      if (!isTrue) throw { forbidden: reason };
    }

    if (newDoc._deleted) return;
    if (newDoc.type === 'snapshot') {
      need(newDoc._id === 'snapshot:' + newDoc.epoch, 'wrong-id: _id must be snapshot: and the epoch.');
      return;
    }
    fault = faultOf(newDoc);
    need(fault === undefined, fault + '.');
    need(newDoc._id === 'card:' + newDoc.number, 'wrong-id: _id must be card: and the number.');
  }
);
