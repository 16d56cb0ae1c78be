import type { CouchClient } from '../couch/client';
import { madeAt, readStoredEpoch, toldEpoch, type StoredEpoch } from './epoch-document';

/** A Tiski database without an epoch: the next start gives it one. */
export class NoEpoch extends Error {
  constructor(database: string) {
    super(`the database ${database} has no epoch: start the server again, or run tiski provision.`);
    this.name = 'NoEpoch';
  }
}

/**
 * The epoch of a database's copy on this server (S8). If it is missing or not the `known` one, all nodes are
 * asked, because anybody who relies on it starts over for another one.
 * @throws {NoEpoch}
 * @throws {UnexpectedCouchReply} if the store refuses a request, also for a database that is not there
 */
export async function readEpoch(client: CouchClient, database: string, known?: string): Promise<string> {
  const made = await madeAt(client, database);
  const told = ({ document }: StoredEpoch) => document && toldEpoch(document, made);
  const first = told(await readStoredEpoch(client, database, 'quorum'));
  if (first !== undefined && (known === undefined || first === known)) return first;
  const epoch = told(await readStoredEpoch(client, database, 'all-nodes'));
  if (epoch === undefined) throw new NoEpoch(database);
  return epoch;
}
