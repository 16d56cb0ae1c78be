import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { newestVersion, sortVersions } from '$lib/domain/benefit/criteria-versions';
import { ApiFailure } from '../../api-failure';
import type { ApiSettings } from '../../api/api-settings';
import { requireRight, type Person } from '../../api/caller';
import { bodyOf } from '../../api/json-bodies';
import { cityDay, readCriteria, readOrganisations } from '../../criteria/stored-criteria';
import { addVersion, changeOrganisations, unknownScheme } from './change-criteria';
import { listSchemes, schemeNames } from './list-schemes';
import { PublishedSchemes } from './public-schemes';

type CriteriaSettings = Pick<ApiSettings, 'backend' | 'audit' | 'now'>;
type OfScheme = { Params: { scheme: string } };

/** Bytes of a version in three languages; a hundred of them still fit in one document. */
const versionLimit = 64 * 1024;
/** Bytes of a list of some hundred organisations. */
const organisationsLimit = 256 * 1024;
/** How long a page may show what it has, s. */
const publicAge = 60;

/** The criteria of schemes: kept by coordinators, read by whoever works by them, published for residents. */
export function addCriteria(routes: FastifyInstance, { backend, audit, now }: CriteriaSettings): void {
  const { client } = backend;
  const changing = { client, log: audit, now };
  const published = new PublishedSchemes(client, now);
  const requireReader = (asked: FastifyRequest, reply: FastifyReply) =>
    requireRight(backend, asked, reply, ...keepers, 'referrer', 'receive', 'decide', 'hand-out');

  routes.get('/criteria', async (asked, reply) => {
    await requireReader(asked, reply);
    const today = cityDay(now());
    return {
      today,
      schemes: await listSchemes(client, today),
      organisations: await readOrganisations(client),
    };
  });

  routes.get<OfScheme>('/criteria/:scheme', async (asked, reply) => {
    await requireReader(asked, reply);
    const { scheme } = asked.params;
    if (!(await schemeNames(client)).has(scheme)) throw unknownScheme();
    const versions = (await readCriteria(client, scheme))?.versions ?? [];
    return { newest: newestVersion(versions), ...sortVersions(versions, cityDay(now())) };
  });

  // Before the body is read: nobody else may send that much.
  const callers = new WeakMap<FastifyRequest, Person>();
  const admit = async (asked: FastifyRequest, reply: FastifyReply) => {
    callers.set(asked, await requireRight(backend, asked, reply, ...keepers));
  };
  const callerOf = (asked: FastifyRequest): Person => {
    const person = callers.get(asked);
    if (person === undefined) throw new ApiFailure(403, 'not-allowed', 'Nobody was admitted.');
    return person;
  };

  routes.post<OfScheme>(
    '/criteria/:scheme',
    { bodyLimit: versionLimit, onRequest: admit },
    async (asked, reply) => {
      const { scheme } = asked.params;
      const version = await addVersion(changing, scheme, bodyOf(asked), callerOf(asked));
      published.forget();
      return reply.code(201).send({ version });
    },
  );

  routes.post('/organisations', { bodyLimit: organisationsLimit, onRequest: admit }, async (asked) => {
    await changeOrganisations(changing, bodyOf(asked), callerOf(asked));
    published.forget();
    return readOrganisations(client);
  });

  routes.get('/public/schemes', async (asked, reply) => {
    const text = JSON.stringify(await published.read());
    const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
    reply.header('cache-control', `public, max-age=${publicAge}`).header('etag', etag);
    if (asked.headers['if-none-match'] === etag) return reply.code(304).send();
    return reply.type('application/json; charset=utf-8').send(text);
  });
}

const keepers = ['coordinator', 'administrator'] as const;
