import type { Database } from './database';
import { badRequest } from './failure';

/** A cursor as sent over the wire, `17-UUID`: opaque to clients, and bound to one database. */
export function sequenceText(sequence: number, { uuid }: Pick<Database, 'uuid'>): string {
  return `${sequence}-${uuid}`;
}

/**
 * CouchDB says when a database was created, so that replicators and epochs (S8) can tell it from another.
 * Here it is a number that no other database has.
 */
export const startTimeOf = ({ uuid }: Pick<Database, 'uuid'>): string =>
  String(Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16));

/**
 * Reads `since`. A cursor of another database, or one beyond the last change, starts from zero: too much is
 * read twice, but nothing is missed.
 * @throws {CouchFailure} 400 unless it is a cursor
 */
export function sequenceFrom(since: string, database: Pick<Database, 'uuid'>, last: number): number {
  if (since === '0' || since === '') return 0;
  if (since === 'now') return last;
  const [, digits, uuid] = /^"?(\d{1,15})-([0-9a-f-]+)"?$/.exec(since) ?? [];
  if (digits === undefined) throw badRequest("Malformed sequence supplied in 'since' parameter.");
  const sequence = Number(digits);
  return uuid === database.uuid && sequence <= last ? sequence : 0;
}
