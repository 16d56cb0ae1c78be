import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import fastifyCookie from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sessionCookie, sessionCookieName, sessionTokenIn } from '../accounts/session-cookie';
import type { Route } from '../couch/route';
import { setCouchHeaders } from './couch-request';
import { isWorthPacking, mayBePacked, sendPackedStream } from './pack-answer';
import { setDevice } from './session-header';

const passedHeaders = ['content-type', 'etag', 'allow', 'retry-after'] as const;

/** Cookies that go with an answer. */
interface AnswerCookies {
  /** Whether a session in CouchDB's answer is for the client. */
  hasSession: boolean;
  /** Value of the device cookie. */
  device?: string | undefined;
}

/** Streams CouchDB's answer on, without what only concerns CouchDB and us. */
export function sendProxied(
  request: FastifyRequest,
  reply: FastifyReply,
  response: Response,
  route: Route,
  { hasSession, device }: AnswerCookies,
): FastifyReply {
  setCouchHeaders(reply);
  reply.code(response.status);
  for (const name of passedHeaders) {
    const value = response.headers.get(name);
    if (value !== null) reply.header(name, value);
  }
  const cookie = hasSession
    ? strictCookie(response.headers.getSetCookie(), request.protocol === 'https')
    : undefined;
  if (cookie !== undefined) reply.header('set-cookie', cookie);
  if (device !== undefined) setDevice(request, reply, device);
  if (route.kind === 'attachment') reply.header('content-disposition', 'attachment');
  if (response.body === null) return reply.send();
  const stream = Readable.fromWeb(response.body as ReadableStream);
  const length = response.headers.get('content-length');
  const isPacked = mayBePacked(request, route) && (length === null || isWorthPacking(Number(length)));
  if (!isPacked) return reply.send(stream);
  // The same rows in other bytes.
  const etag = response.headers.get('etag');
  if (etag !== null) reply.header('etag', `W/${etag.replace(/^W\//, '')}`);
  return sendPackedStream(reply, stream);
}

/** The session that CouchDB's answer starts or renews; undefined if it does neither. */
export function issuedToken(response: Response): string | undefined {
  return sessionTokenIn(
    response.headers.getSetCookie().find((each) => each.startsWith(`${sessionCookieName}=`)),
  );
}

/** CouchDB's session cookie with the attributes that the embedded endpoint sets. */
function strictCookie(setCookies: string[], secure: boolean): string | undefined {
  const text = setCookies.find((each) => each.startsWith(`${sessionCookieName}=`));
  if (text === undefined) return undefined;
  const attributes = fastifyCookie.parse(text);
  const token = attributes[sessionCookieName] ?? '';
  const maxAge = token === '' ? 0 : Number(attributes['Max-Age'] ?? 600);
  return sessionCookie(token, { secure, maxAge: Number.isFinite(maxAge) ? maxAge : 600 });
}
