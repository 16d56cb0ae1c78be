import { toJsonSchema } from '@valibot/to-json-schema';
import { isMonthDay } from '$lib/documents/catalogue/rule-fields';
import { isCalendarDay, isInstant, isZone } from '$lib/documents/fields';
import { documentSchemas, type DocumentType } from '$lib/documents/parse-document';
import { isCardNumber } from '$lib/domain/visit/card-number';

/** The part of JSON Schema that validate/shape.js understands, and `say`: the messages, by keyword. */
export interface Shape {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Shape[];
  oneOf?: Shape[];
  properties?: Record<string, Shape>;
  required?: string[];
  additionalProperties?: Shape;
  propertyNames?: Shape;
  items?: Shape;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  pattern?: string;
  format?: string;
  say?: Record<string, string>;
}

const keywords = new Set([
  ...['type', 'const', 'enum', 'anyOf', 'oneOf', 'properties', 'required', 'additionalProperties'],
  ...['propertyNames', 'items', 'minItems', 'maxItems', 'minLength', 'maxLength', 'minimum', 'maximum'],
  ...['pattern', 'format', 'say'],
]);

/** Checks in the schemas that JSON Schema doesn't have, by shape.js's names for them. */
const formats = new Map<unknown, string>([
  [isCardNumber, 'card-number'],
  [isCalendarDay, 'calendar-day'],
  [isMonthDay, 'month-day'],
  [isInstant, 'instant'],
  [isZone, 'zone'],
]);

/** Members of older documents that nobody reads any more, and that may stay. */
const formerMembers: Partial<Record<DocumentType, readonly string[]>> = { settings: ['demo'] };

/**
 * What the devices' schemas require of documents, in a form that a CouchDB validation function can hold: a
 * document that a device could not read is not stored in the first place.
 */
export function shapesOf(types: readonly DocumentType[]): Record<string, Shape> {
  return Object.fromEntries(
    types.map((type) => {
      const shape = shapeOf(type);
      const former = (formerMembers[type] ?? []).map((name) => [name, {}] as const);
      return [type, { ...shape, properties: { ...shape.properties, ...Object.fromEntries(former) } }];
    }),
  );
}

/** @throws {Error} if a schema requires something that shape.js can't check */
function shapeOf(type: DocumentType): Shape {
  const schema = toJsonSchema(documentSchemas[type], {
    typeMode: 'input',
    errorMode: 'throw',
    overrideAction: ({ valibotAction: action, jsonSchema }) => {
      switch (action.type) {
        case 'check': {
          const format = formats.get('requirement' in action && action.requirement);
          if (format === undefined) throw new Error(`${type}: a check that shape.js does not know.`);
          return { ...jsonSchema, format, ...saying(jsonSchema, 'format', action) };
        }
        case 'regex': {
          const { source } = (action as unknown as { requirement: RegExp }).requirement;
          return { ...jsonSchema, pattern: source, ...saying(jsonSchema, 'pattern', action) };
        }
        default:
          return undefined;
      }
    },
  });
  return checked(schema as Shape, type);
}

function saying(jsonSchema: object, keyword: string, action: object): { say?: Record<string, string> } {
  const { say } = jsonSchema as Shape;
  const { message } = action as { message?: unknown };
  return typeof message === 'string' ? { say: { ...say, [keyword]: message } } : {};
}

/** Defaults in a schema are for readers; `$schema` names the standard. */
const ignored = new Set(['default', '$schema']);

function checked(shape: Shape, path: string): Shape {
  const known = Object.entries(shape).filter(([keyword]) => !ignored.has(keyword));
  const strange = known.find(([keyword]) => !keywords.has(keyword));
  if (strange) throw new Error(`${path}: shape.js does not know ${strange[0]}.`);
  const inner = (each: Shape) => checked(each, path);
  const { properties, items, additionalProperties, propertyNames, anyOf, oneOf } = shape;
  return {
    ...Object.fromEntries(known),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, each]) => [name, checked(each, `${path}.${name}`)]),
      ),
    }),
    ...(items && { items: inner(items) }),
    ...(additionalProperties && { additionalProperties: inner(additionalProperties) }),
    ...(propertyNames && { propertyNames: inner(propertyNames) }),
    ...(anyOf && { anyOf: anyOf.map(inner) }),
    ...(oneOf && { oneOf: oneOf.map(inner) }),
  };
}
