import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import { deskReport } from '$lib/documents/fleet/desk-report';
import { counterRulesFrom } from '$lib/domain/fleet/counter-rules';
import { AttemptLimiter } from '../../accounts/attempt-limiter';
import { ApiFailure } from '../../api-failure';
import type { ApiSettings } from '../../api/api-settings';
import { requireDesk, requireRole } from '../../api/caller';
import { bodyOf } from '../../api/json-bodies';
import { limited } from '../../api/limited';
import { deskOfAccount } from '../../desks/desk-document';
import { addDesk, changeRules, listDesks, renewCode, revokeDesk } from '../../desks/desks';
import { pairDesk } from '../../desks/pairing';
import { sectorsWithoutDatabase } from '../../provision/provision';
import { buildVersion } from './build-version';

type DesksSettings = Pick<ApiSettings, 'backend' | 'watch' | 'build' | 'now'>;

const fiveMinutes = 5 * 60_000;

/**
 * An administrator keeps the list of desks; devices pair themselves, report, and learn what they may do
 * (S15).
 */
export function addDesks(routes: FastifyInstance, settings: DesksSettings): void {
  addAdministration(routes, settings);
  addReports(routes, settings);
  addPairing(routes, settings);
}

function addAdministration(routes: FastifyInstance, { backend, watch, build, now }: DesksSettings): void {
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
    guarded.get('/desks/states', async () => {
      const version = build === undefined ? undefined : await buildVersion(build);
      return {
        now: now().toISOString(),
        ...(version !== undefined && { version }),
        sectorsWithoutDatabase: (await sectorsWithoutDatabase(client)).map((name) => name.slice(0, 80)),
        ...(await watch.look()),
      };
    });
    done();
  });
}

function addReports(routes: FastifyInstance, { backend, watch, now }: DesksSettings): void {
  routes.post('/desks/report', async (request, reply) => {
    const account = await requireDesk(backend, request, reply);
    const parsed = v.safeParse(deskReport, bodyOf(request));
    if (!parsed.success) throw new ApiFailure(400, 'bad-report', 'That is no report of a desk.');
    watch.take(account, parsed.output, now());
    const desk = await deskOfAccount(backend.client, account);
    // For a desk that can't be read nothing is sent: the counter keeps what it was told before.
    return { ok: true, ...(desk && { rules: counterRulesFrom(desk.rules) }) };
  });
}

function addPairing(routes: FastifyInstance, { backend, now }: DesksSettings): void {
  // A code is one of 30^8 and lives for ten minutes: a visitor's ten mistyped ones must not lock a venue out.
  const limiter = new AttemptLimiter(100, fiveMinutes, () => now().getTime());
  routes.post('/pair', (request) =>
    limited(limiter, request, () => pairDesk(backend.client, bodyOf(request)['code'], now()), false),
  );
}
