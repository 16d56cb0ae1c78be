import type { CouchClient } from '../../src/server/couch/client';
import type { TiskiServer } from '../setup/tiski-server';

/** The server's store, as its administrator. */
export function storeOf({ url, adminPassword }: TiskiServer): CouchClient {
  const authorization = `Basic ${Buffer.from(`administrator:${adminPassword}`).toString('base64')}`;
  return {
    request: async (method, path, body) => {
      const answer = await fetch(`${url}/couch${path}`, {
        method,
        headers: { authorization, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: (await answer.json()) as unknown };
    },
  };
}

/** Nobody writes the audit log through /couch, so what a test makes there is not in it. */
export const unlogged = () => Promise.resolve();
