import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import { deskReport } from '$lib/documents/fleet/desk-report';
import { counterRulesFrom } from '$lib/domain/fleet/counter-rules';
import { ApiFailure } from '../../api/api-failure';
import { bodyOf, type ApiSettings } from '../../api/api-routes';
import { requireDesk, requireRole } from '../../api/caller';
import { isJsonObject } from '../../couch/json';
import { deskOfAccount } from '../../desks/desk-document';
import { sectorsWithoutDatabase } from '../../provision/provision';

/** S15: desks tell how they are and hear what they may do, and an administrator sees who needs help. */
export function addDeskStates(routes: FastifyInstance, { backend, watch, build, now }: ApiSettings): void {
  routes.post('/desks/report', async (request, reply) => {
    const account = await requireDesk(backend, request, reply);
    const parsed = v.safeParse(deskReport, bodyOf(request));
    if (!parsed.success) throw new ApiFailure(400, 'bad-report', 'That is no report of a desk.');
    watch.take(account, parsed.output, now());
    const desk = await deskOfAccount(backend.client, account);
    // Of a desk that can't be read nothing is said: the counter goes on by what it was told before.
    return { ok: true, ...(desk && { rules: counterRulesFrom(desk.rules) }) };
  });

  routes.get('/desks/states', async (request, reply) => {
    await requireRole(backend, request, reply, 'administrator');
    const version = build === undefined ? undefined : await buildVersion(build);
    return {
      now: now().toISOString(),
      ...(version !== undefined && { version }),
      sectorsWithoutDatabase: (await sectorsWithoutDatabase(backend.client)).map((name) => name.slice(0, 80)),
      ...(await watch.look()),
    };
  });
}

/** SvelteKit's name of the build that this server gives out; read anew, since it may be replaced. */
async function buildVersion(build: string): Promise<string | undefined> {
  try {
    const told: unknown = JSON.parse(await readFile(join(build, '_app', 'version.json'), 'utf8'));
    return isJsonObject(told) && typeof told['version'] === 'string' ? told['version'] : undefined;
  } catch {
    return undefined;
  }
}
