// Whether somebody may write a document, by what databases.ts grants. ES5, like shape.js.
/** @typedef {import('../databases').WriteRights} WriteRights */
/** @type {(rights: WriteRights) => import('../databases').Rights} */
(
  function (rights) {
    /**
     * @param {readonly string[]} granted
     * @param {readonly string[]} roles
     */
    function hasOne(granted, roles) {
      return granted.some(function (role) {
        return roles.indexOf(role) !== -1;
      });
    }

    /**
     * Whether there is anything here that they write.
     * @param {readonly string[]} roles
     */
    function isWriter(roles) {
      return Object.keys(rights.types).some(function (type) {
        var own = /** @type {WriteRights['types'][string]} */ (rights.types[type]);
        return hasOne(own.create, roles) || hasOne(own.change, roles) || hasOne(own.delete, roles);
      });
    }

    return {
      isAdministrator: function (roles) {
        return hasOne(rights.rules, roles);
      },
      refusalOf: function (newDoc, operation, roles) {
        var type = String(newDoc._id).split(':')[0] || '';
        var isKnown = Object.prototype.hasOwnProperty.call(rights.types, type);
        var own = /** @type {WriteRights['types'][string]} */ (
          isKnown ? rights.types[type] : rights.otherTypes
        );
        if (!isWriter(roles) && !hasOne(rights.otherTypes.delete, roles))
          return 'not-allowed: ' + rights.refusal;
        if (operation !== 'delete' && (type === '' || newDoc.type !== type))
          return 'wrong-id: _id must begin with the type and a colon.';
        if (operation !== 'delete' && own.create.length === 0)
          return 'newer-form: type: must be one of ' + Object.keys(rights.types).join(', ') + '.';
        return hasOne(own[operation], roles) ? undefined : 'not-allowed: ' + (own.refusal || rights.refusal);
      },
    };
  }
);
