// Says what is wrong with a document by JSON Schema, as far as document-shapes.ts uses it; members that a schema does
// not name are wrong too; its code comes first. For every engine that a CouchDB may bring: ES5.
/** @typedef {import('../document-shapes').Shape} Shape */
/** @type {(shapes: Record<string, Shape>) => (doc: Record<string, unknown>) => string | undefined} */
(
  function (shapes) {
    // Used for a version, a value or a member that a newer app may know.
    var newerForm = 'newer-form: ';
    // H. M. Damm's quasigroup, as in domain/visit/card-number.ts.
    var damm = [
      '0317598642',
      '7092154863',
      '4206871359',
      '1750983426',
      '6123045978',
      '3674209581',
      '5869720134',
      '8945362017',
      '9438617205',
      '2581436790',
    ];

    /** @param {string} text */
    function isCardNumber(text) {
      var interim = 0;
      if (!/^[0-9]{8}$/.test(text)) return false;
      text.split('').forEach(function (digit) {
        interim = Number(String(damm[interim]).charAt(Number(digit)));
      });
      return interim === 0;
    }

    /** @param {string} text */
    function isCalendarDay(text) {
      var parts = text.split('-').map(Number);
      var year = Number(parts[0]);
      var month = Number(parts[1]);
      var isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
      var lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
      if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) || year < 1900) return false;
      return Number(parts[2]) >= 1 && Number(parts[2]) <= Number(lengths[month - 1] || 0);
    }

    /** @param {string} text */
    function isZone(text) {
      if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(text)) return false;
      // An engine without Intl knows no zones: check only the form of the name.
      if (typeof Intl === 'undefined') return true;
      try {
        new Intl.DateTimeFormat('en', { timeZone: text });
        return true;
      } catch (_unknown) {
        return false;
      }
    }

    /** @type {Record<string, (text: string) => boolean>} */
    var formats = {
      'card-number': isCardNumber,
      'calendar-day': isCalendarDay,
      'month-day': function (text) {
        return isCalendarDay('2028-' + text);
      },
      instant: function (text) {
        return (
          /^[0-9-]{10}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?Z$/.test(text) &&
          isCalendarDay(text.slice(0, 10))
        );
      },
      zone: isZone,
    };

    /** @param {unknown} value */
    function typeOf(value) {
      if (value === null) return 'null';
      if (Array.isArray(value)) return 'array';
      if (typeof value === 'number' && isFinite(value) && Math.floor(value) === value) return 'integer';
      return typeof value;
    }

    /**
     * @param {Shape} shape
     * @param {unknown} value
     */
    function hasType(shape, value) {
      var type = typeOf(value);
      return (
        shape.type === undefined || shape.type === type || (shape.type === 'number' && type === 'integer')
      );
    }

    /**
     * @param {Shape} shape
     * @param {string} text
     */
    function faultOfText(shape, text) {
      var say = shape.say || {};
      if (shape.minLength !== undefined && text.length < shape.minLength) return 'is too short';
      if (shape.maxLength !== undefined && text.length > shape.maxLength)
        return 'must have ' + shape.maxLength + ' characters at most';
      if (shape.pattern !== undefined && !new RegExp(shape.pattern).test(text))
        return say.pattern || 'must match ' + shape.pattern;
      if (
        shape.format !== undefined &&
        !(/** @type {(text: string) => boolean} */ (formats[shape.format])(text))
      )
        return say.format || 'must be a right ' + shape.format;
      return undefined;
    }

    /**
     * @param {Shape} shape
     * @param {Record<string, unknown>} value
     * @param {string} path
     * @param {boolean} isDocument
     * @returns {string | undefined}
     */
    function faultOfMembers(shape, value, path, isDocument) {
      /** @type {string | undefined} */
      var fault;
      var properties = shape.properties || {};
      (shape.required || []).some(function (name) {
        if (!Object.prototype.hasOwnProperty.call(value, name)) fault = path + name + ': is missing';
        return fault !== undefined;
      });
      if (fault !== undefined) return fault;
      Object.keys(value).some(function (name) {
        var isOurs = !isDocument || name.charAt(0) !== '_' || name === '_id' || name === '_attachments';
        var own = Object.prototype.hasOwnProperty.call(properties, name) ? properties[name] : undefined;
        var inner = own || shape.additionalProperties;
        if (!isOurs) return false;
        if (!inner)
          fault = (name === '_attachments' ? '' : newerForm) + path + name + ': is not a member of this type';
        else if (!own && shape.propertyNames) fault = faultOf(shape.propertyNames, name, path + name);
        if (inner && fault === undefined) fault = faultOf(inner, value[name], path + name);
        return fault !== undefined;
      });
      return fault;
    }

    /**
     * @param {Shape} shape
     * @param {unknown[]} list
     * @param {string} path
     */
    function faultOfItems(shape, list, path) {
      /** @type {string | undefined} */
      var fault;
      if (shape.minItems !== undefined && list.length < shape.minItems) return path + ': has too few items';
      if (shape.maxItems !== undefined && list.length > shape.maxItems)
        return path + ': must have ' + shape.maxItems + ' items at most';
      list.some(function (item, index) {
        fault = faultOf(/** @type {Shape} */ (shape.items), item, path + '.' + index);
        return fault !== undefined;
      });
      return fault;
    }

    /**
     * @param {Shape[]} options
     * @param {unknown} value
     * @param {string} path
     */
    function faultOfOptions(options, value, path) {
      /** @type {string | undefined} */
      var first;
      /** @type {string | undefined} */
      var nearest;
      var fits = options.some(function (option) {
        var fault = faultOf(option, value, path);
        var kind = option.properties && option.properties.kind;
        first = first || fault;
        if (
          kind &&
          typeOf(value) === 'object' &&
          /** @type {{ kind?: unknown }} */ (value).kind === kind.const
        )
          nearest = fault;
        return fault === undefined;
      });
      return fits ? undefined : nearest || first;
    }

    /**
     * @param {Shape} shape
     * @param {unknown} value
     * @param {string} path
     * @param {boolean} [isDocument]
     * @returns {string | undefined}
     */
    function faultOf(shape, value, path, isDocument) {
      var options = shape.anyOf || shape.oneOf;
      var below = path === '' ? '' : path + '.';
      /** @type {string | undefined} */
      var fault;
      if (options) return faultOfOptions(options, value, path);
      if (shape.const !== undefined && value !== shape.const)
        return (path === 'v' ? newerForm : '') + path + ': must be ' + shape.const;
      if (shape.enum && shape.enum.indexOf(value) === -1)
        return newerForm + path + ': must be one of ' + shape.enum.join(', ');
      if (!hasType(shape, value)) return path + ': must be of type ' + shape.type;
      if (shape.minimum !== undefined && /** @type {number} */ (value) < shape.minimum)
        return path + ': must be ' + shape.minimum + ' at least';
      if (shape.maximum !== undefined && /** @type {number} */ (value) > shape.maximum)
        return path + ': must be ' + shape.maximum + ' at most';
      if (typeof value === 'string') {
        fault = faultOfText(shape, value);
        return fault && path + ': ' + fault;
      }
      if (Array.isArray(value)) return faultOfItems(shape, value, path);
      if (typeOf(value) === 'object')
        return faultOfMembers(
          shape,
          /** @type {Record<string, unknown>} */ (value),
          below,
          isDocument === true
        );
      return undefined;
    }

    return function (doc) {
      var type = String(doc.type);
      var known = Object.keys(shapes);
      var fault;
      if (known.indexOf(type) === -1) return newerForm + 'type: must be one of ' + known.join(', ');
      fault = faultOf(/** @type {Shape} */ (shapes[type]), doc, '', true);
      return fault === undefined || fault.indexOf(newerForm) === 0 ? fault : 'wrong-form: ' + fault;
    };
  }
);
