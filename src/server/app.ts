import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { addApiRoutes, type ApiSettings } from './api/api-routes';
import { drainOnClose } from './http/drain';
import { addHostCheck } from './http/allowed-hosts';
import { addSecurityHeaders, inlineScriptHashes } from './http/security-headers';
import { addStaticApp, nothingHere, readAppPage } from './http/static-app';

export interface AppSettings extends ApiSettings {
  /** Addresses of reverse proxies whose X-Forwarded headers are believed. */
  trustProxy: string;
  /** Names that it answers to; every name when absent. */
  allowedHosts?: ReadonlySet<string> | undefined;
}

/** The web server: the app, /api/ and /couch/, under one origin. Not listening yet. */
export async function createApp(settings: AppSettings): Promise<FastifyInstance> {
  const { backend, build, trustProxy } = settings;
  const app = Fastify({
    logger: false,
    trustProxy,
    forceCloseConnections: true,
    // Longer than any body may take (body-budget.ts): what is left then is somebody who holds a connection.
    requestTimeout: 11 * 60_000,
    routerOptions: { maxParamLength: 10_000 },
    frameworkErrors: (_error, _request, reply: FastifyReply) => {
      void reply.code(400).send({ error: 'bad_request', reason: 'The address can not be read.' });
    },
  });
  addSecurityHeaders(app, build === undefined ? [] : inlineScriptHashes(await readAppPage(build)));
  if (settings.allowedHosts !== undefined) addHostCheck(app, settings.allowedHosts);
  backend.addCouchRoutes(app);
  drainOnClose(app);
  addApiRoutes(app, settings);
  if (build === undefined) app.setNotFoundHandler((_request, reply) => nothingHere(reply));
  else addStaticApp(app, build);
  return app;
}
