import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { letterTemplates } from '$lib/documents/letters/letter-templates-document';
import { ApiFailure } from '../../api-failure';
import type { ApiSettings } from '../../api/api-settings';
import { requirePerson, requireRole } from '../../api/caller';
import { bodyOf } from '../../api/json-bodies';
import { readTemplates, storeTemplates } from '../../letters/stored-templates';

type LettersSettings = Pick<ApiSettings, 'backend' | 'audit'>;

const body = v.object({
  templates: letterTemplates,
  rev: v.optional(v.pipe(v.string(), v.maxLength(100))),
});

/** Bytes of all texts, twice what their bounds allow in plain letters. */
const bodyLimit = 1024 * 1024;

/** What letters say: whoever is signed in reads it, a coordinator writes it. */
export function addLetters(routes: FastifyInstance, { backend, audit }: LettersSettings): void {
  const { client } = backend;
  const callers = new WeakMap<FastifyRequest, string>();

  routes.get('/letter-templates', async (asked, reply) => {
    await requirePerson(backend, asked, reply);
    return readTemplates(client);
  });

  routes.post(
    '/letter-templates',
    {
      bodyLimit,
      // Before the body is read: nobody else may send that much.
      onRequest: async (asked, reply) => {
        callers.set(asked, await requireRole(backend, asked, reply, 'coordinator'));
      },
    },
    async (asked) => {
      const parsed = v.safeParse(body, bodyOf(asked));
      if (!parsed.success) throw badTemplates(parsed.issues);
      await audit({ account: callers.get(asked) ?? '', action: 'letter-templates-changed' });
      await storeTemplates(client, parsed.output.templates, parsed.output.rev);
      return readTemplates(client);
    },
  );
}

/** Names the field at fault, as `reasons.2.text.sv`. */
function badTemplates(issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): ApiFailure {
  const field = (v.getDotPath(issues[0]) ?? 'templates').replace(/^templates\./, '');
  return new ApiFailure(400, 'bad-request', `${field}: ${issues[0].message}`, field);
}
