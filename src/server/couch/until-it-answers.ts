import { setTimeout } from 'node:timers/promises';
import type { ServerLog } from '../server-log';
import type { CouchClient } from './client';
import { CouchFailure } from './failure';

/** How often to look for a CouchDB that was not there yet, ms. */
const lookAgainMs = 2000;

/** After a power cut a server may be up before its CouchDB: it waits, and says what for. */
export async function untilItAnswers(client: CouchClient, log: ServerLog): Promise<void> {
  for (let looks = 1; ; looks += 1) {
    try {
      await client.request('GET', '/');
      return;
    } catch (error) {
      if (!(error instanceof CouchFailure)) throw error;
      if (looks % 30 === 1) log.warn('Waiting for the CouchDB of COUCHDB_URL to answer.');
      await setTimeout(lookAgainMs);
    }
  }
}
