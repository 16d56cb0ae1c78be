import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { addApiRoutes } from './api/api-routes';
import type { ApiSettings } from './api/api-settings';
import { drainOnClose } from './http/drain';
import { addHostCheck } from './http/allowed-hosts';
import { addSecurityHeaders, inlineScriptHashes } from './http/security-headers';
import { addStaticApp, nothingHere, readAppPage } from './http/static-app';
import type { Metrics } from './monitoring/metrics';
import { addMetrics, countRequests } from './monitoring/metrics-routes';
import { newRequestId } from './server-log';

export interface AppSettings extends ApiSettings {
  /** Addresses of reverse proxies whose X-Forwarded headers are trusted. */
  trustProxy: string;
  metrics: Metrics;
  /** TISKI_METRICS_TOKEN. */
  metricsToken?: string | undefined;
  /** Names that it answers to; any name if absent. */
  allowedHosts?: ReadonlySet<string> | undefined;
}

/** The web server: the app, /api/ and /couch/, under one origin. Not listening yet. */
export async function createApp(settings: AppSettings): Promise<FastifyInstance> {
  const { backend, build, trustProxy } = settings;
  const app = Fastify({
    // Fastify's own log would reveal addresses and what was requested; server-log.ts reports faults.
    logger: false,
    genReqId: newRequestId,
    trustProxy,
    forceCloseConnections: true,
    // Longer than any body may take (body-budget.ts): what remains is somebody who holds a connection open.
    requestTimeout: 11 * 60_000,
    routerOptions: { maxParamLength: 10_000 },
    frameworkErrors: (_error, _request, reply: FastifyReply) => {
      void reply.code(400).send({ error: 'bad_request', reason: 'The address can not be read.' });
    },
  });
  countRequests(app, settings.metrics);
  addRequestIds(app);
  addSecurityHeaders(app, build === undefined ? [] : inlineScriptHashes(await readAppPage(build)));
  if (settings.allowedHosts !== undefined) addHostCheck(app, settings.allowedHosts);
  backend.addCouchRoutes(app, settings.audit);
  drainOnClose(app);
  addApiRoutes(app, settings);
  addMetrics(app, settings.metrics, settings.metricsToken);
  if (build === undefined) app.setNotFoundHandler((_request, reply) => nothingHere(reply));
  else addStaticApp(app, build);
  return app;
}

/** Identifies an answer in the log. */
function addRequestIds(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, next) => {
    reply.header('x-request-id', request.id);
    next();
  });
}
