import { busy, CouchFailure } from './failure';
import type { CouchNodes, NodeRequest } from './nodes';
import type { CouchReply } from './client';

/** Per node: several are asked, one after the other. */
const patienceMs = 5_000;

/**
 * A short request of the server's own, for which people's requests wait. @throws {CouchFailure} 503, also if
 * no node answers in time
 */
export async function askNodes(couch: CouchNodes, path: string, request: NodeRequest): Promise<CouchReply> {
  try {
    const response = await couch.fetch(path, { ...request, redirect: 'manual', patienceMs });
    const body: unknown = await response.json().catch(() => undefined);
    // 501: the server is not a CouchDB, and doesn't know this address.
    if (response.status < 500 || response.status === 501) return { status: response.status, body };
  } catch (error) {
    if (error instanceof CouchFailure) throw error;
  }
  throw busy('The database server does not answer. Try later.');
}
