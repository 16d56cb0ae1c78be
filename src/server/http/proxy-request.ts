import fastifyCookie from '@fastify/cookie';
import type { FastifyRequest } from 'fastify';
import { basicCredentials } from '../accounts/basic-credentials';
import type { Credentials } from '../accounts/identity';
import { sessionCookieName } from '../accounts/session-cookie';
import { refuseLocal } from '../couch/document-routes';
import { readDocument } from '../couch/document-shape';
import { badRequest } from '../couch/failure';
import { isJsonObject } from '../couch/json';
import type { Route } from '../couch/route';
import { jsonBody } from './couch-request';

/** What CouchDB gets to see of a request; other headers could act as somebody else or as another method. */
const passedHeaders = ['accept', 'content-type', 'if-match', 'if-none-match'] as const;

/** The headers of a request that go on to CouchDB, its credentials aside. */
export function passed(request: FastifyRequest): Record<string, string> {
  const headers = passedHeaders.flatMap((name) => {
    const value = request.headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  // CouchDB counts failed sign-ins by address: the client's, not ours.
  return { ...Object.fromEntries(headers), 'accept-encoding': 'identity', 'x-forwarded-for': request.ip };
}

/** The client's own credentials, and of its cookies the session alone. */
export function authHeaders({ authorization, cookie }: Credentials): Record<string, string> {
  const token = cookie === undefined ? undefined : fastifyCookie.parse(cookie)[sessionCookieName];
  return {
    ...(authorization !== undefined && /^basic /i.test(authorization) ? { authorization } : {}),
    ...(token === undefined || !/^[\w-]+$/.test(token) ? {} : { cookie: `${sessionCookieName}=${token}` }),
  };
}

export const hasBody = (request: FastifyRequest) => request.method === 'POST' || request.method === 'PUT';

/** Whose sign-in a request attempts: by Basic, or by name and password. */
export function signedInName(
  route: Route,
  request: FastifyRequest,
  { authorization }: Credentials,
): string | undefined {
  const basic = basicCredentials(authorization);
  if (basic.kind === 'basic') return basic.name;
  if (route.kind !== 'session' || request.method !== 'POST') return undefined;
  const body = jsonBody(request);
  return isJsonObject(body) && typeof body['name'] === 'string' ? body['name'] : undefined;
}

/** `_local` documents go by their own address only, where the epoch's rule holds. */
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

/** @throws {CouchFailure} 400 for feeds that the embedded endpoint has not either */
export function requireKnownFeed(route: Route, query: URLSearchParams): void {
  const feed = query.get('feed') ?? 'normal';
  if (route.kind === 'changes' && feed !== 'normal' && feed !== 'longpoll') {
    throw badRequest('Supported `feed` types: normal, longpoll');
  }
}
