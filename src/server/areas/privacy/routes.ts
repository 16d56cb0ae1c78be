import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import { boundedText } from '$lib/documents/fields';
import { personId } from '$lib/documents/people/person-document';
import { refusalOfErasure, type ErasureRefusal } from '$lib/domain/benefit/erasure';
import { foldCase } from '$lib/domain/benefit/fold-case';
import { localDate } from '$lib/domain/time/day';
import { ApiFailure } from '../../api-failure';
import type { ApiSettings } from '../../api/api-settings';
import { requireRight, type Person } from '../../api/caller';
import { bodyOf } from '../../api/json-bodies';
import { beginErasure, finishErasure, isErased } from '../../people/erase-person';
import { readCase, readPerson } from '../../people/people-documents';
import { exportPerson } from './export-person';

type PrivacySettings = Pick<ApiSettings, 'backend' | 'people' | 'audit' | 'auditIndex' | 'now'>;

/** Why: asked of whoever exports or erases, and kept in the audit log. */
const why = boundedText(500);
const exportBody = v.object({ why });
const eraseBody = v.object({
  why,
  endsCards: v.optional(v.boolean(), false),
  isAskedByPerson: v.optional(v.boolean(), false),
});

const refusals: Record<ErasureRefusal, string> = {
  'case-open': 'A case of theirs is open: decide it or record that it was withdrawn, and close it.',
  'not-final': 'A rectification can still be requested. Erase it now only if the person asks for it.',
};

/**
 * What the law gives a person: all that is held about them, and its erasure. An official who decides answers
 * such a request, since it is a decision of the authority.
 */
export function addPrivacy(
  routes: FastifyInstance,
  { backend, people: index, audit, auditIndex, now }: PrivacySettings,
): void {
  const { client } = backend;

  routes.post<{ Params: { id: string } }>('/people/:id/export', async (asked, reply) => {
    const by = await requireRight(backend, asked, reply, 'decide');
    const { why } = parsedBody(exportBody, bodyOf(asked));
    const id = await knownPerson(asked.params.id);
    await audit({ ...entryOf(by, id, why), action: 'person-exported' });
    return exportPerson({ client, index, auditIndex, now }, id);
  });

  routes.post<{ Params: { id: string } }>('/people/:id/erase', async (asked, reply) => {
    const by = await requireRight(backend, asked, reply, 'decide');
    const body = parsedBody(eraseBody, bodyOf(asked));
    const id = await knownPerson(asked.params.id);
    const erasing = { client, index, log: audit, now };
    const person = await readPerson(client, id);
    if (person !== undefined && !isErased(person)) {
      if (person.erasing === undefined) {
        await requireErasable(id, body.isAskedByPerson);
        await audit({ ...entryOf(by, id, body.why), action: 'person-erased' });
        await beginErasure(erasing, id, { by: by.account, endsCards: body.endsCards });
      }
      await finishErasure(erasing, id);
    }
    return { id, erased: true };
  });

  async function knownPerson(id: string): Promise<string> {
    const stored = v.is(personId, id) ? await readPerson(client, id) : undefined;
    if (stored === undefined) throw new ApiFailure(404, 'unknown-person', 'There is no such person.');
    return id;
  }

  /** @throws {ApiFailure} 422 B35 */
  async function requireErasable(id: string, isAskedByPerson: boolean): Promise<void> {
    const files = (await index.current()).casesOf(id);
    const stored = await Promise.all(files.map((each) => readCase(client, each.id)));
    const statuses = stored.flatMap((file) => (file && foldCase(file.log)) ?? []);
    const today = localDate(now().getTime(), 'Europe/Helsinki');
    const refusal = refusalOfErasure(statuses, today, isAskedByPerson);
    if (refusal !== undefined) throw new ApiFailure(422, refusal, refusals[refusal]);
  }
}

const entryOf = ({ account, rights }: Person, id: string, why: string) => ({
  account,
  people: [id],
  why,
  rights: [...rights],
});

function parsedBody<T>(schema: v.GenericSchema<unknown, T>, body: object): T {
  const parsed = v.safeParse(schema, body);
  if (parsed.success) return parsed.output;
  const field = v.getDotPath(parsed.issues[0]) ?? 'why';
  throw new ApiFailure(400, 'bad-request', `${field}: ${parsed.issues[0].message}`, field);
}
