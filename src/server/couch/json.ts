import { badRequest, invalidJson } from './failure';

/** Deeper than any document of ours, shallow enough for every recursive reader. */
export const deepestJson = 100;

export type JsonObject = Record<string, unknown>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Parses a body strictly: UTF-8, JSON, no `__proto__` key (a copy of such an object would inherit members
 * that validation never saw), no bottomless nesting (which crashes recursive readers).
 * @param isShallow known not to nest too deeply: then it needn't be scanned, which takes as long again
 * @throws {CouchFailure} 400
 */
export function parseJson(bytes: Uint8Array | string, isShallow = false): unknown {
  let value: unknown;
  let text: string;
  try {
    text =
      typeof bytes === 'string'
        ? bytes
        : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    throw invalidJson();
  }
  if (!isShallow || mayHidePrototype(text)) refuseDangerous(value);
  return value;
}

/** Escapes of ASCII letters and the underscore: only used to hide a name. */
const hiding = ['__proto__', '\\u005', '\\u006', '\\u007'];
const mayHidePrototype = (text: string) => hiding.some((part) => text.includes(part));

function refuseDangerous(root: unknown): void {
  const waiting: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth > deepestJson) throw badRequest('JSON is nested too deeply');
    if (Object.hasOwn(value, '__proto__')) throw badRequest('JSON must not have a __proto__ member');
    for (const inner of Object.values(value)) {
      if (typeof inner === 'object' && inner !== null) waiting.push({ value: inner, depth: depth + 1 });
    }
  }
}

/** @throws {CouchFailure} 400 if the body isn't a JSON object */
export function requireObject(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw badRequest('Request body must be a JSON object');
  return value;
}
