import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  sealedType,
  type SealedSubmission,
  type SubmissionAnswer,
} from '$lib/documents/submissions/submission';
import { sealForOffice } from '$lib/token/seal-for-office';
import { ulidOf } from '../../../../tests/builders';
import { send, type Account } from '../../../../tests/contract/couch-target';
import type { CaseDocument } from '$lib/documents/cases/case-document';
import type { ReferralBody } from '$lib/documents/submissions/referral';
import { aCriteriaInput } from '../../../../tests/criteria';
import { aReferral } from '../../../../tests/submissions';
import { startTestServer, type TestServer } from '../../../../tests/server';
import { AuditLog } from '../../audit/audit-log';
import { requireOk } from '../../couch/client';
import { makeOfficeKey, publicPart, type OfficeKey } from '../../keys/office-key';
import type { KeyStore } from '../../keys/key-store';
import { PeopleIndex } from '../../people/people-index';
import { receive } from './receive';
import { referralTaker } from './take-referral';
import { readOfficeKeys, rotateOfficeKey, submissionKeys } from '../../keys/office-key-store';
import { mostInAnHour } from './routes';

const now = () => new Date('2026-11-24T10:00:00Z');
const at = '2026-11-24T08:00:00.000Z';

let server: TestServer;
let referrer: Account;
let key: OfficeKey;
let keys: KeyStore;

beforeEach(async () => {
  server = await startTestServer({ now });
  keys = { folder: join(server.dataDir, 'keys'), client: server.client };
  referrer = await addAccount('aino', 'referrer');
  const [made] = await readOfficeKeys(keys, submissionKeys);
  if (!made) throw new Error('There is no key.');
  key = made;
});
afterEach(() => server.stop());

async function addAccount(name: string, ...roles: string[]): Promise<Account> {
  const password = 'tests-only-74125';
  const id = `org.couchdb.user:${name}`;
  await requireOk(server.client, 'PUT', `/_users/${id}`, { _id: id, type: 'user', name, password, roles });
  return { name, password };
}

interface Sealing {
  index?: number;
  by?: string;
  body?: unknown;
  /** What is told outside, if it differs from what is sealed. */
  outside?: object;
  content?: object;
  key?: OfficeKey;
}

async function sealed(sealing: Sealing = {}): Promise<SealedSubmission> {
  const { index = 1, by = 'aino', body = aReferral(), outside = {}, content = {} } = sealing;
  const told = { id: ulidOf(index), kind: 'referral', at };
  const { kid, ...pair } = sealing.key ?? key;
  const jwk = publicPart({ kid, ...pair });
  const text = await sealForOffice({ v: 1, ...told, by, body, ...content }, sealedType, { kid, jwk });
  return { ...told, sealed: text, ...outside };
}

const post = (submissions: unknown, as = referrer, url = server.url) =>
  send('POST', `${url}/api/submissions`, { as, body: { submissions } });
async function answerTo(submission: unknown, as = referrer, url = server.url): Promise<SubmissionAnswer> {
  const { status, body } = await post([submission], as, url);
  expect(status).toBe(200);
  const [answer] = (body as { submissions: SubmissionAnswer[] }).submissions;
  if (!answer) throw new Error('There is no answer.');
  return answer;
}
const stored = (index = 1) => server.client.request('GET', `/tiski-people/submission:${ulidOf(index)}`);
const ids = async () => {
  const body = await requireOk(server.client, 'GET', '/tiski-people/_all_docs?startkey="submission:"');
  return (body as { rows: { id: string }[] }).rows.map(({ id }) => id).filter((id) => !id.startsWith('_'));
};

const madeOf = async (type: 'person' | 'case', index: number) =>
  (await requireOk(server.client, 'GET', `/tiski-people/${type}:${ulidOf(index)}`)) as {
    facts?: unknown;
    note?: string;
  };
const personOf = async (index: number) => (await madeOf('person', index)).facts;
const noteOf = async (index: number) => (await madeOf('case', index)).note;

describe('the criteria of the day', () => {
  const judged = async (changes: Partial<ReferralBody>, index: number) => {
    const body = aReferral({ path: 'sosiaalityo', organisation: 'sosiaalipalvelut', proofs: [], ...changes });
    return answerTo(await sealed({ index, body }));
  };
  const filed = async (index: number) =>
    ((await madeOf('case', index)) as unknown as CaseDocument).log.find(({ kind }) => kind === 'received');

  it('B20 B21 say who may refer, and whether something is missing', async () => {
    await requireOk(server.client, 'PUT', '/tiski-office/criteria:warkaus', {
      type: 'criteria',
      v: 1,
      versions: [{ ...aCriteriaInput({ mode: 'hand-out' }), version: 1, at, by: 'x' }],
    });
    expect(await judged({ organisation: 'naapuri' }, 1)).toMatchObject({
      outcome: 'refused',
      code: 'may-not-refer',
      field: 'organisation',
    });
    expect(await judged({ answers: { asuu: true } }, 2)).toMatchObject({ outcome: 'stored' });
    expect(await filed(2)).toMatchObject({ mode: 'hand-out', isIncomplete: true });
    await judged({ answers: { asuu: true, tilanne: 'tyoton' } }, 3);
    expect(await filed(3)).toMatchObject({ isIncomplete: false, organisation: 'sosiaalipalvelut' });
  });
});

describe('POST /api/submissions', () => {
  it('S20 opens what was sealed, makes one case of it, and says stored as often as it comes', async () => {
    const submission = await sealed();
    const answers = [await answerTo(submission), await answerTo(submission), await answerTo(submission)];
    expect(answers).toEqual(Array(3).fill({ id: submission.id, outcome: 'stored' }));
    expect(await ids()).toEqual([`submission:${submission.id}`]);
    expect((await stored()).body).toMatchObject({
      type: 'submission',
      kind: 'referral',
      outcome: 'stored',
      by: 'aino',
      author: 'aino',
      at,
      receivedAt: now().toISOString(),
    });
    // What it is about is in the case and the person, and only there.
    for (const member of ['sent', 'body']) expect((await stored()).body).not.toHaveProperty(member);
    expect(await personOf(1)).toEqual(aReferral().person);
  });

  it('S20 two servers at once, and one of them twice, store one', async () => {
    const { client } = server;
    /** Another server process over the same store. */
    const aServer = async () => {
      const taking = { client, index: new PeopleIndex(client), log: new AuditLog(client, now).log, now };
      const receiving = {
        ...{ client, now, by: 'aino', rights: new Set(['referrer'] as const) },
        keys: await readOfficeKeys(keys, submissionKeys),
        takes: { referral: referralTaker(taking) },
      };
      return (submission: SealedSubmission) => receive(submission, receiving);
    };
    const [first, second] = [await aServer(), await aServer()];
    for (let index = 1; index <= 10; index += 1) {
      const [one, other] = [await sealed({ index }), await sealed({ index })];
      const answers = await Promise.all([first(one), second(one), second(other), first(one)]);
      const outcomes = answers.map((answer) => ('code' in answer ? answer.code : answer.outcome));
      const won = outcomes[0] === 'stored' ? one : other;
      expect(outcomes).toEqual(
        won === one
          ? ['stored', 'stored', 'different-body', 'stored']
          : ['different-body', 'different-body', 'stored', 'different-body'],
      );
      expect((await stored(index)).body).toMatchObject({ outcome: 'stored' });
      expect(await personOf(index)).toEqual(aReferral().person);
    }
  });

  it('S20 another body under the same id is refused, kept sealed and listed; the first one stands', async () => {
    const receiver = await addAccount('ella', 'receive');
    await answerTo(await sealed());
    const other = await sealed({ body: aReferral({ note: 'Another.' }) });
    for (let time = 0; time < 2; time += 1) {
      expect(await answerTo(other)).toMatchObject({ outcome: 'refused', code: 'different-body' });
    }
    expect(await noteOf(1)).toBeUndefined();
    const list = await send('GET', `${server.url}/api/submissions/refused`, { as: receiver });
    expect(list.body).toEqual({
      refused: [
        {
          id: other.id,
          kind: 'referral',
          by: 'aino',
          at,
          receivedAt: now().toISOString(),
          code: 'different-body',
          reason: 'Another submission with this id was received before.',
        },
      ],
      hasMore: false,
    });
    const [refused = ''] = (await ids()).filter((id) => id.includes('refused'));
    const kept = await server.client.request('GET', `/tiski-people/${encodeURIComponent(refused)}`);
    expect(kept.body).toMatchObject({ sent: other });
    expect(JSON.stringify(kept.body)).not.toContain('Another.');
  });

  it('S20 says which field is wrong, and takes it when it comes again to a server that knows better', async () => {
    const person = { ...aReferral().person, birthYear: 'seventy' };
    const wrong = await sealed({ body: { ...aReferral(), person } });
    expect(await answerTo(wrong)).toEqual({
      id: wrong.id,
      outcome: 'refused',
      code: 'invalid',
      reason: 'person.birthYear: must be a year like 1974.',
      field: 'person.birthYear',
    });
    expect((await stored()).status, 'the id is still free').toBe(404);
    expect(await answerTo(await sealed())).toMatchObject({ outcome: 'stored' });
  });

  const faults: [what: string, make: () => Promise<object>, code: string, field: string][] = [
    [
      'in clear',
      async () => ({ id: ulidOf(1), kind: 'referral', at, body: aReferral() }),
      'not-sealed',
      'sealed',
    ],
    ['no JWE', async () => ({ ...(await sealed()), sealed: 'eyJ9.a.b.c.d' }), 'not-sealed', 'sealed'],
    [
      'cut',
      async () => ({ ...(await sealed()), sealed: (await sealed()).sealed.slice(0, -9) }),
      'damaged',
      'sealed',
    ],
    ['under another id', () => sealed({ outside: { id: ulidOf(2) } }), 'not-as-sealed', 'id'],
    ['at another time', () => sealed({ outside: { at: '2026-11-25T08:00:00.000Z' } }), 'not-as-sealed', 'id'],
    ['without a time', () => sealed({ outside: { at: 'today' } }), 'invalid', 'at'],
    [
      'too long',
      async () => ({ ...(await sealed()), sealed: `a.${'b'.repeat(30_000)}.c.d.e` }),
      'invalid',
      'sealed',
    ],
    ['with more than belongs there', () => sealed({ outside: { name: 'x' } }), 'invalid', 'name'],
    ['content of no form', () => sealed({ content: { more: 1 } }), 'damaged', 'sealed'],
  ];
  it.each(faults)('S20 refuses and keeps what is %s', async (_what, make, code, field) => {
    const submission = await make();
    expect(await answerTo(submission)).toMatchObject({ outcome: 'refused', code, field });
    expect(await answerTo(submission)).toMatchObject({ outcome: 'refused', code, field });
    const kept = await ids();
    expect(kept).toEqual([expect.stringMatching(/^submission:refused:/)]);
    const document = await server.client.request('GET', `/tiski-people/${encodeURIComponent(kept[0] ?? '')}`);
    expect(JSON.stringify(document.body)).not.toContain(aReferral().person.name.family);
  });

  it('S20 leaves what it can’t take now to a later time, and stores nothing of it', async () => {
    const foreign = await makeOfficeKey(now());
    const laters: [object, string][] = [
      [await sealed({ key: foreign }), 'unknown-key'],
      [await sealed({ content: { v: 2 } }), 'newer-version'],
      [await sealed({ outside: { kind: 'ballot' } }), 'unknown-kind'],
    ];
    for (const [submission, code] of laters) {
      expect(await answerTo(submission)).toMatchObject({ outcome: 'later', code });
    }
    expect(await ids()).toEqual([]);
  });

  it('S20 opens what was sealed for an older key; devices get the newest', async () => {
    const before = await sealed();
    const newest = await rotateOfficeKey(keys, submissionKeys, new Date('2026-11-24T11:00:00Z'));
    const { body } = await send('GET', `${server.url}/api/submissions/key`);
    expect(body).toEqual({
      epoch: expect.any(String) as string,
      key: { kid: newest.kid, jwk: publicPart(newest), madeAt: newest.madeAt },
    });
    expect(JSON.stringify(body)).not.toContain(newest.jwk.d);
    expect(await answerTo(before)).toMatchObject({ outcome: 'stored' });
    expect(await answerTo(await sealed({ index: 2, key: newest }))).toMatchObject({ outcome: 'stored' });
  });

  it('S21 records who sent it beside whom it names as its author', async () => {
    const other = await addAccount('veikko', 'receive');
    expect(await answerTo(await sealed(), other)).toMatchObject({ outcome: 'stored' });
    expect((await stored()).body).toMatchObject({ by: 'veikko', author: 'aino' });
  });

  it('S21 stores nothing for somebody without the right, who keeps it', async () => {
    const submission = await sealed();
    const signedOut = await send('POST', `${server.url}/api/submissions`, {
      body: { submissions: [submission] },
    });
    expect(signedOut).toMatchObject({ status: 401, body: { error: 'signed-out' } });
    for (const role of ['office', 'administrator', 'decide', 'audit']) {
      const answer = await post([submission], await addAccount(`x-${role}`, role));
      expect(answer).toMatchObject({ status: 403, body: { error: 'not-allowed' } });
    }
    expect(await ids()).toEqual([]);
  });

  it('S20 a restart in between changes nothing', async () => {
    const [first, second] = [await sealed({ index: 1 }), await sealed({ index: 2 })];
    await answerTo(first);
    await server.close();
    server = await startTestServer({ dataDir: server.dataDir, now });
    const { body } = await post([first, second]);
    expect(body).toEqual({
      submissions: [first, second].map(({ id }) => ({ id, outcome: 'stored' })),
    });
    expect(await ids()).toHaveLength(2);
  });

  it('S22 says what this copy does not have; what was erased is not missing, and does not come back', async () => {
    const submission = await sealed();
    await answerTo(submission);
    const missing = async () =>
      (
        await send('POST', `${server.url}/api/submissions/missing`, {
          as: referrer,
          body: { ids: [ulidOf(1), ulidOf(2)] },
        })
      ).body;
    expect(await missing()).toEqual({ missing: [ulidOf(2)] });
    const { _rev } = (await stored()).body as { _rev: string };
    await requireOk(server.client, 'DELETE', `/tiski-people/submission:${submission.id}?rev=${_rev}`);
    expect(await missing()).toEqual({ missing: [ulidOf(2)] });
    expect(await answerTo(submission)).toEqual({ id: submission.id, outcome: 'stored' });
    expect((await stored()).status).toBe(404);
  });

  it.each([
    ['no list', 'x', 400, 'submissions'],
    ['something without an id', [{ kind: 'referral' }], 400, 'submissions.0.id'],
    ['null', [null], 400, 'submissions.0.id'],
    ['too many', Array.from({ length: 51 }, (_, index) => ({ id: ulidOf(index) })), 413, 'submissions'],
  ])('refuses a request with %s as a whole', async (_what, submissions, status, field) => {
    expect(await post(submissions)).toMatchObject({ status, body: { field } });
    expect(await ids()).toEqual([]);
  });

  it('refuses a body that is too large, and an account that sends without end', async () => {
    const large = await post([{ id: ulidOf(1), filler: 'x'.repeat(600_000) }]);
    expect(large).toMatchObject({ status: 413 });
    const unknown = Array.from({ length: 50 }, (_, index) => ({ id: ulidOf(index), kind: 'ballot' }));
    for (let sent = 0; sent < mostInAnHour; sent += unknown.length) {
      expect((await post(unknown)).status).toBe(200);
    }
    const busy = await post(unknown);
    expect(busy).toMatchObject({ status: 429, body: { error: 'too-many-requests' } });
    expect(Number(busy.headers.get('retry-after'))).toBeGreaterThan(0);
    const other = await addAccount('veikko', 'referrer');
    expect((await post(unknown, other)).status, 'others are not held up').toBe(200);
  });
});
