import { badRequest, CouchFailure } from './failure';
import { parseJson } from './json';

const unreadable = (reason: string) => new CouchFailure(400, 'query_parse_error', reason);

/** @throws {CouchFailure} 400 for anything except `true` and `false` */
export function booleanParameter(query: URLSearchParams, name: string, standard = false): boolean {
  const text = query.get(name);
  if (text === null) return standard;
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw unreadable(`Invalid boolean parameter: ${JSON.stringify(text)}`);
}

/** A whole number ≥ 0. @throws {CouchFailure} 400 */
export function countParameter(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^-?\d{1,15}$/.test(text)) throw unreadable(`Invalid value for integer: ${JSON.stringify(text)}`);
  if (text.startsWith('-')) {
    throw unreadable(`Invalid value for positive integer: ${JSON.stringify(text)}`);
  }
  return Number(text);
}

/** A parameter in JSON, the first of `names` that is given. @throws {CouchFailure} 400 */
export function jsonParameter(query: URLSearchParams, ...names: string[]): unknown {
  const text = names.map((name) => query.get(name)).find((value) => value !== null);
  return text === undefined || text === null ? undefined : parseJson(text);
}

/** A document id given as JSON text. @throws {CouchFailure} 400 */
export function idParameter(query: URLSearchParams, ...names: string[]): string | undefined {
  const value = jsonParameter(query, ...names);
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw unreadable(`\`${names[0]}\` must be a document id`);
  return value;
}

/** `rev` of a request: the query's, or the If-Match header's. @throws {CouchFailure} 400 */
export function revParameter(query: URLSearchParams, ifMatch?: string): string | undefined {
  const text = query.get('rev') ?? ifMatch?.replace(/^"(.*)"$/, '$1');
  return text === undefined ? undefined : requireRev(text);
}

/** @throws {CouchFailure} 400 unless it can be a revision */
export function requireRev(value: unknown): string {
  if (typeof value === 'string' && /^[1-9]\d{0,14}-[^\s"]{1,128}$/.test(value)) return value;
  throw badRequest('Invalid rev format');
}
