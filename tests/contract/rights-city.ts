import { expect } from 'vitest';
import { provision } from '../../src/server/provision/provision';
import { aService, aVisit, aVoid, cardNumber } from '../builders';
import type { Account, Answer, Target } from './couch-target';

/** A city whose rules are in force, with an account for every part that people and desks have in it. */
export interface RightsCity {
  target: Target;
  hall: Account;
  gym: Account;
  theatre: Account;
  office: Account;
  coordinator: Account;
  reports: Account;
  administrator: Account;
}

export async function startRightsCity(start: () => Promise<Target>): Promise<RightsCity> {
  const target = await start();
  await provision(target.client);
  for (const document of [
    aService('uinti', { sector: 'liikunta', venues: ['uimahalli'] }),
    aService('kuntosali', { sector: 'liikunta', venues: ['kuntosali'] }),
    aService('naytelma', { sector: 'kulttuuri', venues: ['teatteri'] }),
  ]) {
    await target.client.request('PUT', `/tiski-catalogue/${document._id}`, document);
  }
  await provision(target.client);
  const hall = await target.addAccount('hall', ['desk', 'venue:uimahalli', 'sector:liikunta']);
  const gym = await target.addAccount('gym', ['desk', 'venue:kuntosali', 'sector:liikunta']);
  const theatre = await target.addAccount('theatre', ['desk', 'venue:teatteri', 'sector:kulttuuri']);
  const office = await target.addAccount('office', ['office']);
  const coordinator = await target.addAccount('coordinator', ['coordinator']);
  const reports = await target.addAccount('reports', ['reports']);
  const administrator = await target.addAccount('chief', ['administrator']);
  await untilEnforced(target);
  return { target, hall, gym, theatre, office, coordinator, reports, administrator };
}

export const path = (target: Target, database: string, below = '') => `/${target.prefix}${database}${below}`;
export const documentPath = (target: Target, database: string, id: string) =>
  path(target, database, `/${encodeURIComponent(id)}`);

/** CouchDB takes a fresh validation function up a moment late: writes what it must refuse until it does. */
async function untilEnforced(target: Target): Promise<void> {
  for (const database of [
    'tiski-catalogue',
    'tiski-register',
    'tiski-office',
    'tiski-desks',
    'tiski-visits-liikunta',
    'tiski-visits-kulttuuri',
  ]) {
    for (let attempt = 0; ; attempt += 1) {
      const id = `probe${attempt}`;
      const { status, body } = await target.couch('PUT', path(target, database, `/${id}`), {
        as: target.admin,
        body: {},
      });
      if (status === 403) break;
      expect(attempt, `${database} is still not validated`).toBeLessThan(200);
      await target.couch('DELETE', path(target, database, `/${id}?rev=${(body as { rev: string }).rev}`), {
        as: target.admin,
      });
    }
  }
}

/** Every way a document can be written. */
export const writePaths: [
  string,
  (target: Target, database: string, document: { _id: string }, as?: Account) => Promise<Answer>,
][] = [
  [
    'PUT',
    (target, database, document, as) =>
      target.couch('PUT', documentPath(target, database, document._id), {
        ...(as && { as }),
        body: document,
      }),
  ],
  [
    'POST',
    (target, database, document, as) =>
      target.couch('POST', path(target, database), { ...(as && { as }), body: document }),
  ],
  [
    '_bulk_docs',
    async (target, database, document, as) => {
      const body = { docs: [document] };
      return firstOutcome(
        await target.couch('POST', path(target, database, '/_bulk_docs'), { ...(as && { as }), body }),
      );
    },
  ],
  [
    '_bulk_docs with new_edits false',
    async (target, database, document, as) => {
      const body = { new_edits: false, docs: [{ ...document, _revisions: { start: 1, ids: ['aa'] } }] };
      return firstOutcome(
        await target.couch('POST', path(target, database, '/_bulk_docs'), { ...(as && { as }), body }),
      );
    },
  ],
  [
    'PUT with new_edits false',
    (target, database, document, as) =>
      target.couch('PUT', `${documentPath(target, database, document._id)}?new_edits=false`, {
        ...(as && { as }),
        body: { ...document, _rev: '1-aa' },
      }),
  ],
];

const statusOf: Record<string, number> = { forbidden: 403, unauthorized: 401, conflict: 409 };

/** A bulk answer as the answer for its one document. */
export function firstOutcome(answer: Answer): Answer {
  const [outcome] = Array.isArray(answer.body) ? (answer.body as { error?: string }[]) : [];
  if (outcome?.error === undefined) return answer;
  return { ...answer, status: statusOf[outcome.error] ?? 500, body: outcome };
}

/** What is shown in this city, where a test doesn't say otherwise. */
const shown = { card: cardNumber(1), service: 'uinti' };

/** A visit as a desk writes it, and what a test spoils in it. */
export const visit = (desk: string, index: number, change: object = {}) => ({
  ...aVisit(desk, index, { ...shown, scheme: 'hyvinvointikortti' }),
  ...change,
});

export const voidOf = (desk: string, index: number, change: object = {}) => ({
  ...aVoid(aVisit(desk, index, shown)),
  ...change,
});
