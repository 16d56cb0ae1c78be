import { requireOk } from '../../src/server/couch/client';
import { fixedPlans, visitsPlan } from '../../src/server/provision/databases';
import { aCard, aChoice, cardNumber, ulidOf } from '../builders';
import { apiRights, type Callers } from '../rights-table';
import type { Account, Answer, Target } from './couch-target';
import { freshHash } from './rights-city';

/**
 * A request that would do something, and the answer to a caller with the right: not always 200, but never 401
 * or 403.
 */
interface Call {
  path?: string;
  body?: object;
  status: number;
}

/** What requests refer to: it exists, but not in the state that they would leave. */
interface Subjects {
  desk: string;
  card: string;
  choice: string;
  /** The name of a person's account. */
  person: string;
}

const report = { v: 1, at: '2026-11-22T08:00:00.000Z', version: '1', lastNumber: 0, unsent: [] };

const calls: Record<string, (subjects: Subjects) => Call> = {
  'GET /api/health': () => ({ status: 200 }),
  'GET /api/ready': () => ({ status: 200 }),
  'GET /metrics': () => ({ status: 200 }),
  'POST /api/pair': () => ({ body: { code: 'AAAA-AAAA' }, status: 404 }),
  'GET /api/demo/cards': () => ({ status: 404 }),
  'POST /api/demo/desk': () => ({ body: { venue: 'uimahalli' }, status: 404 }),
  'POST /api/desks/report': () => ({
    body: { ...report, waiting: 0, refused: 0, quarantined: 0 },
    status: 200,
  }),
  'GET /api/desks': () => ({ status: 200 }),
  'GET /api/desks/states': () => ({ status: 200 }),
  'POST /api/desks': () => ({ body: { name: 'Kassa', venue: 'uimahalli' }, status: 201 }),
  'POST /api/desks/:id/code': ({ desk }) => ({ path: `/api/desks/${desk}/code`, body: {}, status: 201 }),
  'POST /api/desks/:id/rules': ({ desk }) => ({
    path: `/api/desks/${desk}/rules`,
    body: { mayOverride: false, mayType: false, logsAtOnce: false },
    status: 200,
  }),
  'POST /api/desks/:id/revoke': ({ desk }) => ({ path: `/api/desks/${desk}/revoke`, body: {}, status: 200 }),
  'POST /api/cards/find': ({ card }) => ({ body: { text: card }, status: 200 }),
  // There is no signing key: a caller with the right is told so.
  'POST /api/cards/:number/code': ({ card }) => ({
    path: `/api/cards/${card}/code`,
    body: {},
    status: 409,
  }),
  'GET /api/cards/:number/choices': ({ card }) => ({ path: `/api/cards/${card}/choices`, status: 200 }),
  'POST /api/cards/:number/release': ({ card, choice }) => ({
    path: `/api/cards/${card}/release`,
    body: { choice },
    status: 200,
  }),
  'GET /api/reviews': () => ({ status: 200 }),
  // Nothing is in conflict, and the file is not one: a caller with the right is told so.
  'POST /api/reviews': () => ({
    body: { sector: 'liikunta', conflict: 'x', seen: [], decision: { kind: 'accept' } },
    status: 409,
  }),
  'POST /api/rescue': () => ({ body: { file: 'x' }, status: 400 }),
  'POST /api/sectors': () => ({ body: {}, status: 200 }),
  'GET /api/cases': () => ({ path: '/api/cases?view=open', status: 200 }),
  'GET /api/cases/:id': () => ({ path: `/api/cases/case:${ulidOf(1)}`, status: 404 }),
  'POST /api/cases/:id/actions': () => ({
    path: `/api/cases/case:${ulidOf(1)}/actions`,
    body: { action: { kind: 'closed' }, rev: '1-x' },
    status: 404,
  }),
  'POST /api/cases/:id/letter': () => ({
    path: `/api/cases/case:${ulidOf(1)}/letter`,
    body: { way: 'post', on: '2026-11-22', rev: '1-x' },
    status: 404,
  }),
  'POST /api/cases/:id/letter/preview': () => ({
    path: `/api/cases/case:${ulidOf(1)}/letter/preview`,
    body: { way: 'post', on: '2026-11-22' },
    status: 404,
  }),
  'GET /api/letters/:id': () => ({ path: `/api/letters/letter:${ulidOf(1)}`, status: 404 }),
  'GET /api/letter-templates': () => ({ status: 200 }),
  // A text is missing: a caller with the right is told so.
  'POST /api/letter-templates': () => ({ body: { templates: {} }, status: 400 }),
  'POST /api/people/search': () => ({ body: { text: 'Nobody' }, status: 200 }),
  'GET /api/people/:id': () => ({ path: `/api/people/person:${ulidOf(1)}`, status: 404 }),
  'POST /api/people/:id/export': () => ({
    path: `/api/people/person:${ulidOf(1)}/export`,
    body: { why: 'asked' },
    status: 404,
  }),
  'POST /api/people/:id/erase': () => ({
    path: `/api/people/person:${ulidOf(1)}/erase`,
    body: { why: 'asked' },
    status: 404,
  }),
  'GET /api/audit': () => ({ status: 200 }),
  'POST /api/audit/export': () => ({ body: {}, status: 200 }),
  'POST /api/audit/person': () => ({ body: { person: `person:${ulidOf(1)}`, why: 'asked' }, status: 404 }),
  'GET /api/audit/chain': () => ({ status: 200 }),
  'POST /api/audit/chain': () => ({ body: {}, status: 200 }),
  'POST /api/holders': () => ({
    body: {
      handOut: ulidOf(1),
      case: `case:${ulidOf(1)}`,
      from: '2026-11-22',
      until: '2027-11-21',
    },
    status: 404,
  }),
  'GET /api/holders/:number': ({ card }) => ({ path: `/api/holders/${card}`, status: 404 }),
  'POST /api/holders/:number/actions': ({ card }) => ({
    path: `/api/holders/${card}/actions`,
    body: { action: { kind: 'unblocked' }, rev: '1-x' },
    status: 404,
  }),
  'GET /api/accounts': () => ({ status: 200 }),
  'POST /api/accounts/:name': ({ person }) => ({
    path: `/api/accounts/${person}`,
    body: { displayName: 'Aino Esimerkki', rights: ['office'] },
    status: 200,
  }),
  'POST /api/accounts/:name/reset': ({ person }) => ({
    path: `/api/accounts/${person}/reset`,
    body: {},
    status: 201,
  }),
  'POST /api/accounts/:name/end-sessions': ({ person }) => ({
    path: `/api/accounts/${person}/end-sessions`,
    body: {},
    status: 200,
  }),
  'POST /api/accounts/:name/disable': ({ person }) => ({
    path: `/api/accounts/${person}/disable`,
    body: {},
    status: 200,
  }),
  'POST /api/accounts/:name/remove': ({ person }) => ({
    path: `/api/accounts/${person}/remove`,
    body: {},
    status: 200,
  }),
  'POST /api/invitations': () => ({
    body: { displayName: 'Eero Esimerkki', rights: ['decide'] },
    status: 201,
  }),
  'POST /api/invitations/:id/withdraw': () => ({
    path: `/api/invitations/${freshHash()}/withdraw`,
    body: {},
    status: 200,
  }),
  'POST /api/sign-in-settings': () => ({ body: { lockAfterMinutes: 15 }, status: 200 }),
  'POST /api/invitations/look': () => ({ body: { secret: 'x' }, status: 404 }),
  'POST /api/invitations/accept': () => ({ body: { secret: 'x' }, status: 404 }),
  'GET /api/me': () => ({ status: 200 }),
  // Too short. A CouchDB's own administrator has no account to change.
  'POST /api/me/password': () => ({ body: { password: 'x' }, status: 400 }),
  'GET /api/me/sessions': () => ({ status: 200 }),
  'POST /api/me/sessions/end': () => ({ body: { id: 'x' }, status: 400 }),
  'POST /api/me/sessions/end-others': () => ({ body: {}, status: 200 }),
  'GET /api/submissions/key': () => ({ status: 200 }),
  // Nothing was sealed: a caller with the right is told so, and it is kept.
  'POST /api/submissions': () => ({
    body: {
      submissions: [{ id: ulidOf((made += 1)), kind: 'referral', at: report.at, sealed: 'a.b.c.d.e' }],
    },
    status: 200,
  }),
  'POST /api/submissions/missing': () => ({ body: { ids: [ulidOf(1)] }, status: 200 }),
  'GET /api/submissions/refused': () => ({ status: 200 }),
};

export const calledRoutes = Object.keys(calls);

/** A desk that waits for its device, a card that has chosen something, and a clerk. */
async function addSubjects(target: Target, account: string): Promise<Subjects> {
  const { client } = target;
  const desk = `x${freshHash().slice(0, 8)}`;
  await requireOk(client, 'PUT', `/tiski-desks/desk:${desk}`, {
    type: 'desk',
    v: 1,
    name: 'Kassa',
    venue: 'uimahalli',
    account: `desk-${desk}`,
    status: 'waiting',
    createdAt: '2026-11-22T08:00:00.000Z',
  });
  made += 1;
  const card = cardNumber(70_000 + made);
  await requireOk(client, 'PUT', `/tiski-register/card:${card}`, aCard(card));
  const choice = aChoice(account, 70_000 + made, { card });
  await requireOk(client, 'PUT', `/tiski-visits-liikunta/${choice._id}`, choice);
  const { name: person } = await target.addAccount(`clerk-${freshHash()}`, ['office']);
  return { desk, card, choice: choice._id, person };
}

let made = 0;

/**
 * Calls every address as somebody, about a choice that the desk with the account has written: a caller with
 * the right gets the answer to a request that is understood, and everybody else 401 or 403, after which no
 * database has changed.
 * @returns a line for each deviation
 */
export async function faultsOfCalls(
  target: Target,
  as: Account | undefined,
  account: string,
  isAllowed: (may: Callers) => boolean,
): Promise<string[]> {
  const faults: string[] = [];
  const subjects = await addSubjects(target, account);
  const [refusal, error] = as === undefined ? [401, 'signed-out'] : [403, 'not-allowed'];
  const before = await changesOf(target);
  const routes = Object.entries(calls);
  const isGranted = ([route]: (typeof routes)[number]) => isAllowed(apiRights[route] ?? []);
  for (const [route, call] of routes.filter((each) => !isGranted(each))) {
    const answer = await send(target, as, route, call(subjects));
    const told = (answer.body as { error?: string }).error;
    if (answer.status === refusal && told === error) continue;
    faults.push(`${route} is not granted, but: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  if ((await changesOf(target)) !== before) faults.push('something that is not granted was written');
  for (const [route, call] of routes.filter(isGranted)) {
    const wanted = call(subjects);
    const answer = await send(target, as, route, wanted);
    if (answer.status === wanted.status) continue;
    faults.push(`${route} is granted, but: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  return faults;
}

function send(target: Target, as: Account | undefined, route: string, call: Call): Promise<Answer> {
  const [method = '', address = ''] = route.split(' ');
  const { path = address, body } = call;
  return target.call(method, path, { ...(as && { as }), ...(body && { body }) });
}

/** The current sequence of every database. */
async function changesOf({ client }: Target): Promise<string> {
  const names = [...fixedPlans, visitsPlan('liikunta'), visitsPlan('kulttuuri')].map(({ name }) => name);
  const states = await Promise.all(
    names.map(async (name) => {
      const { doc_count: count, update_seq: sequence } = (await requireOk(client, 'GET', `/${name}`)) as {
        doc_count: number;
        update_seq: string;
      };
      // The numbers of changes: what follows them may differ in a CouchDB for the same place.
      return [name, count, sequence.split('-')[0]];
    }),
  );
  return JSON.stringify(states);
}
