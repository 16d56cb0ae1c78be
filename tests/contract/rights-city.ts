import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { deskRoles } from '../../src/server/desks/desk-account';
import { fixedPlans, visitsPlan } from '../../src/server/provision/databases';
import { provision } from '../../src/server/provision/provision';
import { aService, aVenue, aVisit, aVoid, cardNumber } from '../builders';
import type { Caller } from '../rights-table';
import type { Account, Answer, Target } from './couch-target';
import { multipartOf } from './multipart';

/** A city whose rules are in force, with an account for every role that people and desks have in it. */
export interface RightsCity {
  target: Target;
  hall: Account;
  gym: Account;
  theatre: Account;
  office: Account;
  coordinator: Account;
  reports: Account;
  administrator: Account;
  /** The account of a caller in the rights table; undefined if signed out. */
  accountOf: (caller: Caller) => Account | undefined;
}

export async function startRightsCity(start: () => Promise<Target>): Promise<RightsCity> {
  const target = await start();
  await provision(target.client);
  for (const document of [
    aVenue('uimahalli'),
    aService('uinti', { sector: 'liikunta', venues: ['uimahalli'] }),
    aService('kuntosali', { sector: 'liikunta', venues: ['kuntosali'] }),
    aService('naytelma', { sector: 'kulttuuri', venues: ['teatteri'] }),
  ]) {
    await target.client.request('PUT', `/tiski-catalogue/${document._id}`, document);
  }
  await provision(target.client);
  const hall = await target.addAccount('hall', deskRoles('uimahalli', ['liikunta'], []));
  const gym = await target.addAccount('gym', deskRoles('kuntosali', ['liikunta'], []));
  const theatre = await target.addAccount('theatre', deskRoles('teatteri', ['kulttuuri'], []));
  const office = await target.addAccount('office', ['office']);
  const coordinator = await target.addAccount('coordinator', ['coordinator']);
  const reports = await target.addAccount('reports', ['reports']);
  const administrator = await target.addAccount('chief', ['administrator']);
  const accounts: Record<Caller, Account | undefined> = {
    'signed out': undefined,
    'no role': await target.addAccount('guest', []),
    'revoked desk': await target.addAccount('revoked', ['revoked']),
    desk: hall,
    "the desk's successor": await target.addAccount(
      'hall-again',
      deskRoles('uimahalli', ['liikunta'], [hall.name]),
    ),
    'desk of another venue': gym,
    'desk of another sector': theatre,
    office,
    coordinator,
    reports,
    referrer: await target.addAccount('referrer', ['referrer']),
    receive: await target.addAccount('receiver', ['receive']),
    decide: await target.addAccount('decider', ['decide']),
    'self-approve': await target.addAccount('self-approver', ['self-approve']),
    'hand-out': await target.addAccount('hander-out', ['hand-out']),
    audit: await target.addAccount('auditor', ['audit']),
    administrator,
    server: target.admin,
  };
  await untilEnforced(target);
  const accountOf = (caller: Caller) => accounts[caller];
  return { target, hall, gym, theatre, office, coordinator, reports, administrator, accountOf };
}

/** The address of a database, or of something below it. */
export const path = (database: string, below = '') => `/${database}${below}`;
export const documentPath = (database: string, id: string) => path(database, `/${encodeURIComponent(id)}`);

/** CouchDB applies a fresh validation function a moment late: writes what it must refuse until it does. */
async function untilEnforced(target: Target): Promise<void> {
  const plans = [...fixedPlans, visitsPlan('liikunta'), visitsPlan('kulttuuri')];
  for (const { name: database } of plans) {
    for (let attempt = 0; ; attempt += 1) {
      const id = `probe${attempt}`;
      const { status, body } = await target.couch('PUT', path(database, `/${id}`), {
        as: target.admin,
        body: {},
      });
      if (status === 403) break;
      expect(attempt, `${database} is still not validated`).toBeLessThan(200);
      await target.couch('DELETE', path(database, `/${id}?rev=${(body as { rev: string }).rev}`), {
        as: target.admin,
      });
    }
  }
}

type WritePath = [
  string,
  (target: Target, database: string, document: { _id: string }, as?: Account) => Promise<Answer>,
];

/** The hash of a revision that nobody has yet. */
export const freshHash = () => randomBytes(16).toString('hex');

/** Every way to write a document as the next revision of the stored one. */
export const editPaths: WritePath[] = [
  [
    'PUT',
    (target, database, document, as) =>
      target.couch('PUT', documentPath(database, document._id), {
        ...(as && { as }),
        body: document,
      }),
  ],
  [
    'PUT of multipart/related',
    (target, database, document, as) =>
      target.couch('PUT', documentPath(database, document._id), {
        ...(as && { as }),
        ...multipartOf(document),
      }),
  ],
  [
    'POST',
    (target, database, document, as) =>
      target.couch('POST', path(database), { ...(as && { as }), body: document }),
  ],
  [
    '_bulk_docs',
    async (target, database, document, as) => {
      const body = { docs: [document] };
      return firstOutcome(
        await target.couch('POST', path(database, '/_bulk_docs'), { ...(as && { as }), body }),
      );
    },
  ],
];

/**
 * Every way a document can come with the revision that it has elsewhere: a first one unless it says
 * otherwise.
 */
export const replicaPaths: WritePath[] = [
  [
    '_bulk_docs with new_edits false',
    async (target, database, document, as) => {
      const docs = [{ _revisions: { start: 1, ids: [freshHash()] }, ...document }];
      const body = { new_edits: false, docs };
      return firstOutcome(
        await target.couch('POST', path(database, '/_bulk_docs'), { ...(as && { as }), body }),
      );
    },
  ],
  [
    'PUT with new_edits false',
    (target, database, document, as) =>
      target.couch('PUT', `${documentPath(database, document._id)}?new_edits=false`, {
        ...(as && { as }),
        body: { _rev: `1-${freshHash()}`, ...document },
      }),
  ],
  [
    'PUT of multipart/related with new_edits false',
    (target, database, document, as) =>
      target.couch('PUT', `${documentPath(database, document._id)}?new_edits=false`, {
        ...(as && { as }),
        ...multipartOf({ _rev: `1-${freshHash()}`, ...document }),
      }),
  ],
];

/** Every way a document can be written. */
export const writePaths: WritePath[] = [...editPaths, ...replicaPaths];

const statusOf: Record<string, number> = { forbidden: 403, unauthorized: 401, conflict: 409 };

/** A bulk answer as the answer for one of its documents. */
export function outcomeOf(answer: Answer, id: string): Answer {
  const rows = Array.isArray(answer.body) ? (answer.body as { id: string; error?: string }[]) : [];
  const outcome = rows.find((row) => row.id === id);
  if (outcome?.error === undefined) return answer;
  return { ...answer, status: statusOf[outcome.error] ?? 500, body: outcome };
}

/** The same for its only document. */
export function firstOutcome(answer: Answer): Answer {
  const [row] = Array.isArray(answer.body) ? (answer.body as { id: string }[]) : [];
  return row === undefined ? answer : outcomeOf(answer, row.id);
}

/** What is shown in this city, unless a test says otherwise. */
const shown = { card: cardNumber(1), service: 'uinti' };

/** A visit as a desk writes it, with what a test spoils in it. */
export const visit = (desk: string, index: number, change: object = {}) => ({
  ...aVisit(desk, index, { ...shown, scheme: 'hyvinvointikortti' }),
  ...change,
});

export const voidOf = (desk: string, index: number, change: object = {}) => ({
  ...aVoid(aVisit(desk, index, shown)),
  ...change,
});
