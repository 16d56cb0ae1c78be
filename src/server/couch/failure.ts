import type { CouchErrorBody } from './client';

/** A request that CouchDB would refuse: thrown anywhere in the endpoint, answered in one place. */
export class CouchFailure extends Error {
  constructor(
    readonly status: number,
    readonly error: string,
    readonly reason: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(reason);
    this.name = 'CouchFailure';
  }

  get body(): CouchErrorBody {
    return { error: this.error, reason: this.reason };
  }
}

export const badRequest = (reason: string) => new CouchFailure(400, 'bad_request', reason);
export const invalidJson = () => badRequest('invalid UTF-8 JSON');
export const unauthorized = (reason: string) => new CouchFailure(401, 'unauthorized', reason);
export const forbidden = (reason: string) => new CouchFailure(403, 'forbidden', reason);
export const notFound = (reason = 'missing') => new CouchFailure(404, 'not_found', reason);
export const noDatabase = () => notFound('Database does not exist.');
export const conflict = () => new CouchFailure(409, 'conflict', 'Document update conflict.');
export const tooLarge = () =>
  new CouchFailure(413, 'document_too_large', 'The request body is larger than the server accepts.');

/** How long a desk that is told to come back waits at least, seconds; it adds a growing jitter (S12). */
const retryAfterSeconds = 2;

export const busy = (reason = 'The server is busy. Try again a little later.') =>
  new CouchFailure(503, 'service_unavailable', reason, { 'retry-after': String(retryAfterSeconds) });

export const methodNotAllowed = (allowed: readonly string[]) =>
  new CouchFailure(405, 'method_not_allowed', `Only ${allowed.join(',')} allowed`, {
    allow: allowed.join(','),
  });

/** What a PouchDB error carries. */
interface PouchFault {
  status: number;
  name?: string;
  reason?: string;
  message?: string;
}

function isPouchFault(error: unknown): error is PouchFault {
  return error instanceof Error && 'status' in error && typeof error.status === 'number';
}

/** A store error in the form of CouchDB's answer; undefined if it is a fault of ours. */
export function failureFromPouch(error: unknown): CouchFailure | undefined {
  if (error instanceof CouchFailure) return error;
  if (!isPouchFault(error) || error.status >= 500) return undefined;
  if (error.status === 409) return conflict();
  const reason = typeof error.reason === 'string' ? error.reason : (error.message ?? 'bad request');
  return new CouchFailure(error.status, error.name ?? 'bad_request', reason);
}
