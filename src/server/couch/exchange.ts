/** Who makes a request, in CouchDB's terms. Signed out: name null and no roles. */
export interface UserContext {
  name: string | null;
  roles: readonly string[];
  /** How the user was authenticated; absent if signed out. */
  authenticated?: 'cookie' | 'default';
}

export const signedOut: UserContext = { name: null, roles: [] };
export const serverAdministrator: UserContext = { name: 'server', roles: ['_admin'] };

/** A request to the endpoint, independent of HTTP: both the wire and the server's own client make these. */
export interface CouchRequest {
  /** Id of the HTTP request, for the log. */
  id?: string;
  method: string;
  /** As on the wire, below /couch: percent-encoded, begins with a slash, without the query. */
  path: string;
  query: URLSearchParams;
  headers: { accept?: string; contentType?: string; ifMatch?: string };
  /** The body as JSON. @throws {CouchFailure} if it isn't */
  json(): unknown;
  /** The raw body. */
  bytes(): Uint8Array;
  /** Aborts when the client has left. */
  signal: AbortSignal;
}

export type CouchResponseBody =
  | { kind: 'json'; value: unknown }
  /** Text that is already JSON. */
  | { kind: 'text'; text: string }
  | { kind: 'bytes'; bytes: Uint8Array; contentType: string }
  /** A document with its attachments, in pieces. */
  | { kind: 'multipart'; chunks: AsyncIterable<string | Uint8Array>; contentType: string }
  /** JSON text that comes in pieces: a long poll with a heartbeat, or more than memory should hold. */
  | { kind: 'stream'; chunks: AsyncIterable<string> };

export interface CouchResponse {
  status: number;
  headers?: Record<string, string>;
  body: CouchResponseBody;
}

export function jsonResponse(
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): CouchResponse {
  return { status, headers, body: { kind: 'json', value } };
}
