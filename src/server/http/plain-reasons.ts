import type { FastifyRequest } from 'fastify';
import { readsCodes, sentenceOf } from '$lib/domain/fleet/refusal-reason';
import { isJsonObject } from '../couch/json';
import type { Route } from '../couch/route';
import { isVisitsBatch } from './visits-batch';

/**
 * Apps from before codes compare a refusal's text (S4), word for word: until such a device has reloaded, its
 * batches are answered with the sentences alone.
 */
export const needsPlainReasons = (request: FastifyRequest, route: Route): boolean =>
  isVisitsBatch(route) && request.headers[readsCodes.name] !== readsCodes.value;

/** The rows of a batch's answer, without codes. */
export function plainRows(rows: unknown): unknown {
  if (!Array.isArray(rows)) return rows;
  return rows.map((row: unknown) =>
    isJsonObject(row) && typeof row['reason'] === 'string'
      ? { ...row, reason: sentenceOf(row['reason']) }
      : row,
  );
}

/** The same for an answer of CouchDB. */
export async function plainResponse(response: Response): Promise<Response> {
  const rows = plainRows(await response.json());
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  return new Response(JSON.stringify(rows), { status: response.status, headers });
}
