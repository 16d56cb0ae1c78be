import { createHash, timingSafeEqual } from 'node:crypto';
import { isIPv4 } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bytesOf } from '../bytes';
import { hostName } from '../http/allowed-hosts';
import type { Metrics } from './metrics';
import { requestLabels } from './route-label';

/** Counts every request that is answered. */
export function countRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', (request, reply, next) => {
    metrics.countRequest(requestLabels(request), reply.statusCode, reply.elapsedTime);
    next();
  });
}

/**
 * For Prometheus, on the server itself or with the token; for everybody else the address doesn't exist.
 * @param token TISKI_METRICS_TOKEN
 */
export function addMetrics(app: FastifyInstance, metrics: Metrics, token: string | undefined): void {
  app.get('/metrics', async (request, reply) => {
    if (!mayRead(request, token)) return reply.callNotFound();
    const { contentType, body } = await metrics.text();
    return reply.header('cache-control', 'no-store').type(contentType).send(body);
  });
}

function mayRead(request: FastifyRequest, token: string | undefined): boolean {
  const shown = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  if (shown !== undefined) return token !== undefined && isSame(shown, token);
  return isFromThisMachine(request);
}

/** Hashed, so that neither length nor content shows in the time it takes. */
function isSame(shown: string, token: string): boolean {
  const hash = (text: string) => bytesOf(createHash('sha256').update(text).digest());
  return timingSafeEqual(hash(shown), hash(token));
}

/** Any of these was added by something in between, so it is not known who asked. */
const proxyHeaders = [
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'forwarded',
  'via',
];

/**
 * Requested at loopback, under a name of loopback (a page's script could make its own name resolve to it),
 * and through no proxy.
 */
function isFromThisMachine(request: FastifyRequest): boolean {
  if (proxyHeaders.some((name) => request.headers[name] !== undefined)) return false;
  const name = hostName(request.headers.host ?? '') ?? '';
  return isLoopback(request.socket.remoteAddress ?? '') && (name === 'localhost' || isLoopback(name));
}

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/, '');
  return (isIPv4(plain) && plain.startsWith('127.')) || address === '::1' || address === '[::1]';
}
