import type { FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { canonicalJson } from '$lib/documents/canonical';
import { visitsDatabase } from '$lib/documents/databases';
import { requireOk, type CouchClient } from '../couch/client';
import { readDocument, replicatedRevision, type IncomingDocument } from '../couch/document-shape';
import { forbidden } from '../couch/failure';
import { isJsonObject } from '../couch/json';
import type { Route } from '../couch/route';
import { jsonBody } from './couch-request';

/**
 * The documents of a request that brings another database's revisions into a visits database; except rules,
 * which may change.
 * @throws {CouchFailure} 400 unless each is a document
 */
export function replicatedVisits(
  route: Route,
  request: FastifyRequest,
  query: URLSearchParams,
): IncomingDocument[] {
  if (!('database' in route) || !route.database.startsWith(visitsDatabase(''))) return [];
  return replicasIn(route, request, query).filter(({ _id: id }) => !id.startsWith('_design/'));
}

function replicasIn(route: Route, request: FastifyRequest, query: URLSearchParams): IncomingDocument[] {
  if (route.kind === 'document' && request.method === 'PUT' && query.get('new_edits') === 'false') {
    const body = jsonBody(request);
    return isJsonObject(body) ? [readDocument({ ...body, _id: route.id })] : [];
  }
  if (route.kind !== 'bulk-docs') return [];
  const body = jsonBody(request);
  if (!isJsonObject(body) || body['new_edits'] !== false || !Array.isArray(body['docs'])) return [];
  return (body['docs'] as unknown[]).filter(isJsonObject).map((document) => readDocument(document));
}

const revsDiffAnswer = v.record(v.string(), v.object({ missing: v.array(v.string()) }));
const storedRows = v.object({
  rows: v.array(v.looseObject({ error: v.optional(v.string()), doc: v.nullish(v.looseObject({})) })),
});

/**
 * A visit never changes, but CouchDB doesn't ask the validation functions about a stored document that shares
 * no revision with a replica. This check comes first, so two such requests at the same instant may both pass:
 * the desk watch finds the result. CouchDB judges what shares a revision.
 * @param route of a visits database
 * @throws {CouchFailure} 403 for the whole request if a document differs from the stored one
 */
export async function refuseSecondRoots(
  client: CouchClient,
  route: Route,
  replicas: readonly IncomingDocument[],
): Promise<void> {
  if (!('database' in route)) return;
  const database = `/${encodeURIComponent(route.database)}`;
  const found = replicas.map((replica) => ({ replica, history: replicatedRevision(replica).history }));
  // A request may bring several versions of one document: each is checked by its own history.
  const asked = new Map<string, string[]>();
  for (const { replica, history } of found) {
    asked.set(replica._id, [...(asked.get(replica._id) ?? []), ...history]);
  }
  const body = await requireOk(client, 'POST', `${database}/_revs_diff`, Object.fromEntries(asked));
  const diff = v.parse(revsDiffAnswer, body);
  const rootless = found.flatMap(({ replica, history }) => {
    const missing = new Set(diff[replica._id]?.missing);
    return history.every((rev) => missing.has(rev)) ? [replica] : [];
  });
  if (rootless.length === 0) return;
  const keys = rootless.map(({ _id }) => _id);
  const answer = await requireOk(client, 'POST', `${database}/_all_docs?include_docs=true`, { keys });
  const { rows } = v.parse(storedRows, answer);
  rootless.forEach((replica, index) => {
    const { error, doc } = rows[index] ?? {};
    if (error === undefined && (!doc || contentOf(doc) !== contentOf(replica))) {
      throw forbidden('never-changes: Visits never change. Write a void to undo one.');
    }
  });
}

/** A document without what a database adds to it. */
const contentOf = (document: object): string =>
  canonicalJson(Object.fromEntries(Object.entries(document).filter(([name]) => !name.startsWith('_'))));
