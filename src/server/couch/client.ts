/** The methods the server's own work needs. */
export type CouchMethod = 'GET' | 'PUT' | 'POST' | 'DELETE';

/** CouchDB's answer: its status, and its JSON body as parsed. */
export interface CouchReply {
  status: number;
  body: unknown;
}

/**
 * CouchDB's API as seen by the server administrator: the same for the embedded store and for a remote
 * CouchDB. Provisioning, pairing, the demo and imports work through this alone.
 * `path` is as on the wire, e.g. `/tiski-register/_bulk_docs?x=y`: ids in it are percent-encoded. Expected
 * failures are statuses (404, 409, …); it only rejects if the server can't be reached.
 */
export interface CouchClient {
  request(method: CouchMethod, path: string, body?: unknown): Promise<CouchReply>;
}

/** CouchDB's error body: `{error: 'not_found', reason: 'missing'}`. */
export interface CouchErrorBody {
  error: string;
  reason: string;
}

/** An answer of CouchDB that the caller did not expect. */
export class UnexpectedCouchReply extends Error {
  constructor(
    readonly method: CouchMethod,
    readonly path: string,
    readonly reply: CouchReply,
  ) {
    super(
      `${method} ${path} was answered with ${reply.status}: ${JSON.stringify(reply.body)?.slice(0, 300)}`,
    );
    this.name = 'UnexpectedCouchReply';
  }
}

/**
 * Sends a request that has to succeed and returns its body.
 * @throws {UnexpectedCouchReply} if the status is not 2xx
 */
export async function requireOk(
  client: CouchClient,
  method: CouchMethod,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const reply = await client.request(method, path, body);
  if (reply.status < 200 || reply.status > 299) throw new UnexpectedCouchReply(method, path, reply);
  return reply.body;
}

/**
 * Stores a document.
 * @returns `conflict` if it has changed, or already exists. 202 is as good as 201: the nodes that were
 * reached have
 *   it, and pass it on to the others.
 * @throws {UnexpectedCouchReply}
 */
export async function storeDocument(
  client: CouchClient,
  path: string,
  document: object,
): Promise<'stored' | 'conflict'> {
  const reply = await client.request('PUT', path, document);
  if (reply.status === 409) return 'conflict';
  if (reply.status !== 201 && reply.status !== 202) throw new UnexpectedCouchReply('PUT', path, reply);
  return 'stored';
}

/** The path of a document: `documentPath('tiski-register', 'card:12345674')`. */
export function documentPath(database: string, id: string): string {
  return `/${encodeURIComponent(database)}/${encodeURIComponent(id).replace(/^(_design|_local)%2F/, '$1/')}`;
}
