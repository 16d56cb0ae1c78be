import type { FastifyRequest } from 'fastify';
import type { SignInAttempt } from '../accounts/attempt-limiter';
import { basicCredentials, type NameAndPassword } from '../accounts/basic-credentials';
import { hasOwnForm } from '../accounts/desk-password';
import type { Credentials } from '../accounts/identity';
import { sessionCookieName, sessionTokenIn } from '../accounts/session-cookie';
import { distinct } from '../couch/bulk-routes';
import { feedOf } from '../couch/changes-query';
import { refuseLocal } from '../couch/document-routes';
import { readDocument } from '../couch/document-shape';
import { badRequest } from '../couch/failure';
import { isJsonObject } from '../couch/json';
import { requireCount } from '../couch/limits';
import { wantsMultipart } from '../couch/multipart-answer';
import type { Route } from '../couch/route';
import { isDeskName } from '../desks/desks';
import { bodyBytes, jsonBody } from './couch-request';
import { addressOfDevice } from './proxy-devices';

/** What CouchDB gets to see of a request; other headers could act as somebody else or as another method. */
const passedHeaders = ['accept', 'content-type', 'if-match', 'if-none-match'] as const;

/** Headers and body of a request as they go on to CouchDB, without its credentials. */
export function passedOn(
  route: Route,
  request: FastifyRequest,
): { headers: Record<string, string>; body?: BodyInit } {
  const hasBody = request.method === 'POST' || request.method === 'PUT';
  // CouchDB takes */* for multipart/mixed; browsers and fetch send it for anything.
  const isJson = route.kind === 'document' && !wantsMultipart(request.headers.accept);
  const accept = isJson ? { accept: 'application/json' } : {};
  return {
    headers: { ...passed(request), ...accept },
    ...(hasBody ? { body: passedBody(route, request) } : {}),
  };
}

/**
 * The same for a sign-in: without other credentials, whose attempt would not be counted for any name.
 * @param device the only device that CouchDB counts it for
 */
export function signInPassedOn(
  request: FastifyRequest,
  pair: NameAndPassword,
  device: string | undefined,
): { headers: Record<string, string>; body: BodyInit } {
  const headers = {
    ...passed(request),
    ...(device !== undefined && { 'x-forwarded-for': addressOfDevice(device) }),
    'content-type': 'application/json',
  };
  return { headers, body: JSON.stringify(pair) };
}

/** The headers of a request that go on to CouchDB, without its credentials. */
function passed(request: FastifyRequest): Record<string, string> {
  const headers = passedHeaders.flatMap((name) => {
    const value = request.headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  // CouchDB counts failed sign-ins by address: the client's, not ours.
  return { ...Object.fromEntries(headers), 'accept-encoding': 'identity', 'x-forwarded-for': request.ip };
}

/** The client's own credentials, and of its cookies only the session. */
export function authHeaders({ authorization, cookie }: Credentials): Record<string, string> {
  const token = sessionTokenIn(cookie);
  return {
    ...(authorization !== undefined && /^basic /i.test(authorization) ? { authorization } : {}),
    ...(token === undefined ? {} : { cookie: `${sessionCookieName}=${token}` }),
  };
}

/** The body that goes on to CouchDB, without duplicates: it would answer each of them. */
function passedBody(route: Route, request: FastifyRequest): Uint8Array<ArrayBuffer> | string {
  if (route.kind !== 'bulk-get') return bodyBytes(request);
  const body = jsonBody(request);
  if (!isJsonObject(body) || !Array.isArray(body['docs'])) return bodyBytes(request);
  const docs = body['docs'] as unknown[];
  const asked = distinct(docs);
  return asked.length === docs.length ? bodyBytes(request) : JSON.stringify({ ...body, docs: asked });
}

/**
 * The sign-in attempt of Basic credentials, if it counts: nobody guesses the password that a desk gave
 * itself.
 */
export function basicAttempt({ authorization, address }: Credentials): SignInAttempt | undefined {
  const basic = basicCredentials(authorization);
  if (basic.kind !== 'basic' || (isDeskName(basic.name) && hasOwnForm(basic.password))) return undefined;
  return { address, name: basic.name, device: undefined };
}

/** `_local` documents are only available at their own address, where the epoch's rule applies. */
export function refuseLocalInBody(route: Route, request: FastifyRequest): void {
  if (request.method !== 'POST') return;
  if (route.kind === 'database') refuseLocal(readDocument(jsonBody(request), () => 'new'));
  if (route.kind !== 'bulk-docs') return;
  const body = jsonBody(request);
  const docs = isJsonObject(body) && Array.isArray(body['docs']) ? (body['docs'] as unknown[]) : [];
  if (docs.some((doc) => isJsonObject(doc) && String(doc['_id']).startsWith('_local/'))) {
    throw badRequest('_local documents are written by PUT to their own address.');
  }
}

/**
 * What the embedded endpoint accepts in one request; an older CouchDB has no limits of its own. @throws
 * {CouchFailure} 413
 */
export function requireCounts(route: Route, request: FastifyRequest): void {
  if (request.method !== 'POST' || bodyBytes(request).length === 0) return;
  const lengthOf = (member: string) => {
    const body = jsonBody(request);
    const list = isJsonObject(body) ? body[member] : undefined;
    return Array.isArray(list) ? list.length : 0;
  };
  switch (route.kind) {
    case 'bulk-docs':
      return requireCount(lengthOf('docs'), 'bulk_docs');
    case 'bulk-get':
      return requireCount(lengthOf('docs'), 'bulk_get');
    case 'all-docs':
      return requireCount(lengthOf('keys'), 'keys');
    case 'changes':
      return requireCount(lengthOf('doc_ids'), 'doc_ids');
    case 'revs-diff': {
      const body = jsonBody(request);
      const lists = isJsonObject(body) ? Object.values(body) : [];
      return requireCount(lists.flatMap((revs) => (Array.isArray(revs) ? revs : [])).length, 'revs');
    }
    default:
  }
}

/**
 * A CouchDB's continuous feed would outlive its reader's rights (S11). To replicate with that CouchDB,
 * connect to it directly.
 * @throws {CouchFailure} 400 for a feed that doesn't end by itself
 */
export function requireKnownFeed(route: Route, query: URLSearchParams): void {
  if (route.kind === 'changes') feedOf(query, ['normal', 'longpoll']);
}
