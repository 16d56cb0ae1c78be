import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { localDate } from '$lib/domain/time/day';
import { addressGroup } from '../accounts/address-group';
import { AttemptLimiter } from '../accounts/attempt-limiter';
import { addCardCodes } from '../areas/cards/card-codes';
import { addCardSearch } from '../areas/cards/card-search';
import { addChoices } from '../areas/cards/choices';
import { addDeskStates } from '../areas/desks/desk-states';
import { addRescue } from '../areas/rescue/routes';
import { addReviews } from '../areas/reviews/reviews';
import type { Backend } from '../backend';
import { bytesOf } from '../bytes';
import { UnexpectedCouchReply } from '../couch/client';
import { busy, CouchFailure } from '../couch/failure';
import { isJsonObject, parseJson, type JsonObject } from '../couch/json';
import { demoCards } from '../demo/demo-cards';
import { isDemoStore } from '../demo/demo-store';
import { demoSignedCards } from '../demo/signed-cards';
import type { DeskWatch } from '../desks/desk-watch';
import { addDesk, changeRules, listDesks, newDeskId, renewCode, revokeDesk } from '../desks/desks';
import { pairDesk } from '../desks/pairing';
import { nothingHere } from '../http/static-app';
import { currentKey, type KeyStore } from '../keys/key-store';
import type { Readiness } from '../monitoring/readiness';
import { sectors } from '../provision/catalogue';
import { provisionSectors } from '../provision/provision';
import type { OnFault } from '../server-log';
import { ApiFailure } from './api-failure';
import { requireRole } from './caller';
import { addReady } from './ready';

export interface ApiSettings {
  backend: Backend;
  version: string;
  keys: KeyStore;
  watch: DeskWatch;
  readiness: Readiness;
  /** Whether it was a demo at the start: then `keys` are a demo's. */
  isDemo: boolean;
  /** Folder of the built app; absent where Vite serves it. */
  build?: string;
  /** The clock. */
  now: () => Date;
  onFault: OnFault;
}

const fiveMinutes = 5 * 60_000;
const bodyLimit = 16 * 1024;

/** The routes below /api/: health, readiness, desks, pairing, and the demo's own. Bodies and answers are JSON. */
export function addApiRoutes(app: FastifyInstance, settings: ApiSettings): void {
  void app.register(
    (routes, _options, done) => {
      readJsonBodies(routes);
      answerFailures(routes, settings.onFault);
      addHealth(routes, settings);
      addReady(routes, settings.readiness);
      addDesks(routes, settings);
      addDeskStates(routes, settings);
      addPairing(routes, settings);
      addCardCodes(routes, settings);
      addCardSearch(routes, settings);
      addChoices(routes, settings);
      addReviews(routes, settings);
      addRescue(routes, settings);
      addSectors(routes, settings);
      addDemo(routes, settings);
      // Before the app's own page, which answers at every other address.
      routes.all('/*', (_request, reply) => nothingHere(reply));
      done();
    },
    { prefix: '/api' },
  );
}

/** Only JSON: with a SameSite=Strict cookie that keeps other sites' forms out. */
function readJsonBodies(routes: FastifyInstance): void {
  routes.removeAllContentTypeParsers();
  routes.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit },
    (_request, body, parsed) => {
      try {
        const bytes = bytesOf(body as Buffer);
        parsed(null, bytes.length === 0 ? {} : parseJson(bytes));
      } catch {
        parsed(new ApiFailure(400, 'not-json', 'The body is not JSON in UTF-8.'));
      }
    },
  );
  routes.addHook('preValidation', (request, reply, next) => {
    reply.header('cache-control', 'no-store');
    const isJson = /^application\/json\b/i.test(request.headers['content-type'] ?? '');
    next(request.method === 'POST' && !isJson ? notJsonType() : undefined);
  });
}

const notJsonType = () => new ApiFailure(415, 'not-json', 'Content-Type must be application/json.');

function answerFailures(routes: FastifyInstance, onFault: OnFault): void {
  routes.setErrorHandler((error: FastifyError, { id: requestId }, reply) => {
    const failure = apiFailureFrom(error);
    reply.code(failure.status).headers(failure.headers);
    if (failure.status !== 500) return reply.send(failure.body);
    onFault(error, requestId);
    return reply.send({ ...failure.body, requestId });
  });
}

const unreachable = ({ reason, headers }: CouchFailure) =>
  new ApiFailure(503, 'database-unreachable', reason, undefined, headers);

function apiFailureFrom(error: FastifyError | Error): ApiFailure {
  if (error instanceof ApiFailure) return error;
  if (error instanceof CouchFailure && error.status === 503) return unreachable(error);
  if (error instanceof UnexpectedCouchReply && error.reply.status === 503) return unreachable(busy());
  if (!('statusCode' in error) || error.statusCode === undefined || error.statusCode >= 500) {
    return new ApiFailure(500, 'server-failed', 'The server failed. Try again.');
  }
  if (error.statusCode === 415) return notJsonType();
  if (error.statusCode === 413) return new ApiFailure(413, 'too-large', 'The body is too large.');
  return new ApiFailure(error.statusCode, 'bad-request', error.message);
}

export function bodyOf(request: FastifyRequest): JsonObject {
  if (isJsonObject(request.body)) return request.body;
  throw new ApiFailure(400, 'not-an-object', 'The body must be a JSON object.');
}

function addHealth(routes: FastifyInstance, { backend, version, isDemo, now }: ApiSettings): void {
  routes.get('/health', async (_request, reply) => {
    const shared = { version, time: now().toISOString(), store: backend.store };
    try {
      return { status: 'ok', ...shared, demo: (await isDemoStore(backend.client)) && isDemo };
    } catch {
      return reply.code(503).send({ status: 'failing', ...shared, demo: false });
    }
  });
}

function addDesks(routes: FastifyInstance, { backend, now }: ApiSettings): void {
  const { client } = backend;
  void routes.register((guarded, _options, done) => {
    guarded.addHook('preHandler', (request, reply) => requireRole(backend, request, reply, 'administrator'));
    guarded.get('/desks', () => listDesks(client));
    guarded.post('/desks', async (request, reply) => {
      const { name, venue } = bodyOf(request);
      return reply.code(201).send(await addDesk(client, name, venue, now()));
    });
    guarded.post<{ Params: { id: string } }>('/desks/:id/code', async (request, reply) =>
      reply.code(201).send(await renewCode(client, request.params.id, now())),
    );
    guarded.post<{ Params: { id: string } }>('/desks/:id/rules', async (request) => ({
      desk: await changeRules(client, request.params.id, bodyOf(request)),
    }));
    guarded.post<{ Params: { id: string } }>('/desks/:id/revoke', async (request) => ({
      desk: await revokeDesk(client, request.params.id, now()),
    }));
    done();
  });
}

/** A coordinator's new service may be of a new sector: its visits need a database. */
function addSectors(routes: FastifyInstance, { backend }: ApiSettings): void {
  routes.post('/sectors', async (request, reply) => {
    await requireRole(backend, request, reply, 'coordinator');
    await provisionSectors(backend.client);
    return { sectors: await sectors(backend.client) };
  });
}

/** Counts what `work` does against a limit by address; right attempts are not counted. */
async function limited<T>(
  limiter: AttemptLimiter,
  request: FastifyRequest,
  work: () => Promise<T>,
  countsRight: boolean,
): Promise<T> {
  const address = addressGroup(request.ip);
  const waitSeconds = limiter.waitSeconds(address);
  if (waitSeconds > 0) {
    throw new ApiFailure(
      429,
      'too-many-requests',
      'Too many attempts. Wait before the next one.',
      undefined,
      {
        'retry-after': String(waitSeconds),
      },
    );
  }
  limiter.fail(address);
  const result = await work();
  if (!countsRight) limiter.forgive(address);
  return result;
}

function addPairing(routes: FastifyInstance, { backend, now }: ApiSettings): void {
  // A code is one of 30^8 and lives for ten minutes: a visitor's ten mistyped ones must not lock a venue out.
  const limiter = new AttemptLimiter(100, fiveMinutes, () => now().getTime());
  routes.post('/pair', (request) =>
    limited(limiter, request, () => pairDesk(backend.client, bodyOf(request)['code'], now()), false),
  );
}

/** In a made-up city everybody may open a desk; in a real one these addresses hold nothing. */
function addDemo(routes: FastifyInstance, { backend, keys, isDemo, now }: ApiSettings): void {
  const limiter = new AttemptLimiter(60, fiveMinutes, () => now().getTime());
  const requireDemo = async () => {
    // A store that another server process has marked since: this one would sign with a city's key.
    if (isDemo && (await isDemoStore(backend.client))) return;
    throw new ApiFailure(404, 'not-a-demo', 'This city is not a demo.');
  };
  routes.get('/demo/cards', async () => {
    await requireDemo();
    const today = localDate(now().getTime(), 'UTC');
    const key = await currentKey(keys, today);
    return { cards: [...demoCards(), ...(key ? await demoSignedCards(key, today) : [])] };
  });
  routes.post('/demo/desk', async (request: FastifyRequest, reply: FastifyReply) => {
    await requireDemo();
    const { venue } = bodyOf(request);
    const id = newDeskId();
    // The same in every language.
    const issue = () => addDesk(backend.client, `Demo-${id.slice(0, 4)}`, venue, now(), id);
    const { code, expiresAt } = await limited(limiter, request, issue, true);
    return reply.code(201).send({ code, expiresAt });
  });
}
