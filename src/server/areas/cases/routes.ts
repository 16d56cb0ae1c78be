import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import { caseActionInput } from '$lib/documents/cases/case-document';
import { mostPeople } from '$lib/documents/audit/entry-document';
import { ApiFailure } from '../../api-failure';
import type { ApiSettings } from '../../api/api-settings';
import { requireRight } from '../../api/caller';
import { bodyOf } from '../../api/json-bodies';
import { actOnCase } from './act-on-case';
import { addCaseLetters } from './letter/letter-routes';
import { caseViews, listCases } from './list-cases';
import { readCaseFor, readPersonFor } from './read-case';

type CasesSettings = Pick<ApiSettings, 'backend' | 'people' | 'audit' | 'now'>;

const listQuery = v.object({
  view: v.picklist(caseViews),
  page: v.optional(v.pipe(v.string(), v.regex(/^\d{1,4}$/), v.transform(Number)), '0'),
});
const actionBody = v.object({ action: caseActionInput, rev: v.pipe(v.string(), v.maxLength(100)) });
const searchBody = v.object({ text: v.pipe(v.string(), v.trim(), v.minLength(2), v.maxLength(100)) });

/** People who are found at once; beyond them somebody types more. */
const mostFound = Math.min(20, mostPeople);

/** Cases and people, for those who receive and decide. Lists carry no names; whoever opens one is logged. */
export function addCases(
  routes: FastifyInstance,
  { backend, people: index, audit, now }: CasesSettings,
): void {
  const { client } = backend;
  const reading = { client, index, log: audit };
  addCaseLetters(routes, { backend, audit, now });

  routes.get('/cases', async (asked, reply) => {
    const { account } = await requireRight(backend, asked, reply, 'receive', 'decide');
    const parsed = v.safeParse(listQuery, asked.query);
    if (!parsed.success) throw new ApiFailure(400, 'bad-request', 'view or page is wrong.', 'view');
    return listCases((await index.current()).cases(), { ...parsed.output, account });
  });

  routes.get<{ Params: { id: string } }>('/cases/:id', async (asked, reply) => {
    const by = await requireRight(backend, asked, reply, 'receive', 'decide');
    return readCaseFor(reading, asked.params.id, by);
  });

  routes.post<{ Params: { id: string } }>('/cases/:id/actions', async (asked, reply) => {
    const by = await requireRight(backend, asked, reply, 'receive', 'decide');
    const parsed = v.safeParse(actionBody, bodyOf(asked));
    if (!parsed.success) throw badBody(parsed.issues);
    await actOnCase({ ...reading, now }, asked.params.id, parsed.output, by);
    return readCaseFor(reading, asked.params.id, by);
  });

  // A name is no part of an address: it would stand in logs.
  routes.post('/people/search', async (asked, reply) => {
    const by = await requireRight(backend, asked, reply, 'receive', 'decide', 'hand-out');
    const parsed = v.safeParse(searchBody, bodyOf(asked));
    if (!parsed.success) throw new ApiFailure(400, 'bad-request', 'Type two letters at least.', 'text');
    const { people, total } = (await index.current()).search(parsed.output.text, mostFound);
    await audit({
      account: by.account,
      action: 'people-searched',
      people: people.map(({ id }) => id),
      rights: [...by.rights],
      about: `${total} found`,
    });
    return {
      people: people.map(({ id, given, family, birthYear, cards }) => ({
        id,
        given,
        family,
        birthYear,
        cards,
      })),
      total,
    };
  });

  routes.get<{ Params: { id: string } }>('/people/:id', async (asked, reply) => {
    const by = await requireRight(backend, asked, reply, 'receive', 'decide', 'hand-out');
    return readPersonFor(reading, asked.params.id, by);
  });
}

/** Names the member at fault. */
function badBody(issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): ApiFailure {
  const field = v.getDotPath(issues[0]) ?? 'action';
  return new ApiFailure(400, 'bad-request', `${field}: ${issues[0].message}`, field);
}
