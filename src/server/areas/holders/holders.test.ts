import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CardDocument } from '$lib/documents/register/card-document';
import { isCardNumber } from '$lib/domain/visit/card-number';
import { aCard, cardNumber, ulidOf } from '../../../../tests/builders';
import type { Account } from '../../../../tests/contract/couch-target';
import { aNewCase, anAccount, as, loggedActions } from '../../../../tests/people';
import { startTestServer, type TestServer } from '../../../../tests/server';
import { AuditLog } from '../../audit/audit-log';
import { requireOk } from '../../couch/client';
import { readCase, readPerson, storeAboutPeople } from '../../people/people-documents';
import { PeopleIndex } from '../../people/people-index';
import { takeCase } from '../../people/take-case';
import { readCardLog } from './card-logs';

const now = () => new Date('2026-11-22T08:00:00Z');

let server: TestServer;
let clerk: Account;
let receiver: Account;

beforeAll(async () => {
  server = await startTestServer({ now });
  clerk = await anAccount(server.client, 'clerk', 'hand-out');
  receiver = await anAccount(server.client, 'receiver', 'receive');
});
afterAll(() => server.stop());

/** A case that was granted to somebody new. */
async function granted(index: number): Promise<string> {
  const { client } = server;
  const taking = { client, index: new PeopleIndex(client), log: new AuditLog(client, now).log, now };
  const id = await takeCase(taking, aNewCase(index));
  const file = await readCase(client, id);
  if (file === undefined) throw new Error('It was not taken.');
  const by = { by: 'decider', role: 'decide' as const, at: now().getTime() };
  const decided = { ...by, kind: 'decided' as const, outcome: 'granted' as const, on: '2026-11-22' };
  await storeAboutPeople(client, { ...file, log: [...file.log, { ...decided, reasons: [], text: '' }] });
  return id;
}

const handOut = (id: string, handOutId: number, changes: object = {}, account = clerk) =>
  as(server.url, account)('POST', '/api/holders', {
    handOut: ulidOf(handOutId),
    case: id,
    from: '2026-11-22',
    until: '2027-11-21',
    ...changes,
  });
const numberOf = async (answer: ReturnType<typeof handOut>) =>
  ((await answer).body as { number: string }).number;
const inRegister = async (number: string) =>
  (await requireOk(server.client, 'GET', `/tiski-register/card:${number}`)) as CardDocument;
async function act(number: string, action: object) {
  const { _rev: rev } = await readCardLog(server.client, number);
  return as(server.url, clerk)('POST', `/api/holders/${number}/actions`, { action, rev });
}

describe('a granted case', () => {
  it('gets a card that desks admit, without a name in the register', async () => {
    const id = await granted(1);
    const number = await numberOf(handOut(id, 1));
    expect(isCardNumber(number)).toBe(true);
    const card = await inRegister(number);
    expect(card).toMatchObject({
      scheme: 'warkaus',
      status: 'active',
      validFrom: '2026-11-22',
      validUntil: '2027-11-21',
    });
    expect(JSON.stringify(card)).not.toMatch(/Esimerkki|person:|case:/);
    const person = await readPerson(server.client, `person:${ulidOf(1)}`);
    expect(person?.cards).toMatchObject([{ number, case: id, since: '2026-11-22' }]);
  });

  it('B28 gets one card, though the button is pressed twice, and at two places at once', async () => {
    const id = await granted(2);
    const [one, two] = await Promise.all([numberOf(handOut(id, 2)), numberOf(handOut(id, 2))]);
    expect(two).toBe(one);
    expect(await numberOf(handOut(id, 2))).toBe(one);
    expect(await handOut(id, 3)).toMatchObject({ status: 422, body: { error: 'has-card' } });
  });

  it('B28 gets a preprinted card, unless somebody else has it', async () => {
    const [first, second] = [await granted(4), await granted(5)];
    const number = cardNumber(500);
    expect(await numberOf(handOut(first, 4, { number }))).toBe(number);
    expect(await handOut(second, 5, { number })).toMatchObject({ body: { error: 'card-taken' } });
    const inUse = cardNumber(501);
    await requireOk(server.client, 'PUT', `/tiski-register/card:${inUse}`, aCard(inUse));
    expect(await handOut(second, 5, { number: inUse })).toMatchObject({ body: { error: 'card-in-use' } });
  });

  it('keeps the codes that its preprinted card has in the register', async () => {
    const number = cardNumber(502);
    const codes = [{ kind: 'rfid' as const, value: '04A2B3' }];
    await requireOk(server.client, 'PUT', `/tiski-register/card:${number}`, {
      ...aCard(number),
      status: 'suspended',
      codes,
    });
    await handOut(await granted(6), 6, { number });
    expect(await inRegister(number)).toMatchObject({ status: 'active', codes });
  });
});

it('a case that was not granted gets none', async () => {
  const { client } = server;
  const taking = { client, index: new PeopleIndex(client), log: new AuditLog(client, now).log, now };
  const id = await takeCase(taking, aNewCase(10));
  expect(await handOut(id, 10)).toMatchObject({ status: 422, body: { error: 'not-granted' } });
  expect(await handOut(`case:${ulidOf(999)}`, 10)).toMatchObject({ status: 404 });
});

describe('a card that is lost', () => {
  it('B27 B29 is refused by desks, and its successor has its right', async () => {
    const number = await numberOf(handOut(await granted(20), 20));
    expect(await act(number, { kind: 'replaced', handOut: ulidOf(21) })).toMatchObject({
      status: 422,
      body: { error: 'not-blocked' },
    });
    expect((await act(number, { kind: 'blocked', reason: 'lost' })).status).toBe(200);
    expect(await inRegister(number)).toMatchObject({ status: 'lost' });
    const replaced = await act(number, { kind: 'replaced', handOut: ulidOf(21) });
    const { successor } = replaced.body as { successor: string };
    expect(await inRegister(number)).toMatchObject({ status: 'replaced' });
    expect(await inRegister(successor)).toMatchObject({ status: 'active', validUntil: '2027-11-21' });
    expect(await act(number, { kind: 'unblocked' })).toMatchObject({ body: { error: 'has-successor' } });
    const person = await readPerson(server.client, `person:${ulidOf(20)}`);
    expect(person?.cards.map((each) => [each.number, each.until])).toEqual([
      [number, '2026-11-22'],
      [successor, undefined],
    ]);
  });

  it('is unblocked when it is found', async () => {
    const number = await numberOf(handOut(await granted(22), 22));
    await act(number, { kind: 'blocked', reason: 'lost' });
    expect((await act(number, { kind: 'unblocked' })).status).toBe(200);
    expect(await inRegister(number)).toMatchObject({ status: 'active' });
  });
});

describe('the right that a card carries', () => {
  it('B23 B24 is renewed, suspended for a time, and ended', async () => {
    const number = await numberOf(handOut(await granted(30), 30));
    await act(number, { kind: 'renewed', until: '2028-11-21' });
    expect(await inRegister(number)).toMatchObject({ validUntil: '2028-11-21' });
    await act(number, { kind: 'suspended', from: '2026-11-20', until: '2026-11-30', reason: 'misuse' });
    expect(await inRegister(number)).toMatchObject({ status: 'suspended', statusUntil: '2026-11-30' });
    await act(number, { kind: 'unsuspended', on: '2026-11-22' });
    const card = await inRegister(number);
    expect([card.status, card.statusUntil]).toEqual(['active', undefined]);
    await act(number, { kind: 'ended', on: '2026-11-22', reason: 'moved-away' });
    expect(await inRegister(number)).toMatchObject({ status: 'ended' });
  });
});

it('whoever looks at a card is logged, and only a hand-out changes one', async () => {
  const number = await numberOf(handOut(await granted(40), 40));
  const ask = as(server.url, receiver);
  expect(await ask('GET', `/api/holders/${number}`)).toMatchObject({
    status: 200,
    body: { state: 'active', rightState: 'active' },
  });
  expect((await loggedActions(server.client)).at(-1)).toMatchObject({
    account: 'receiver',
    action: 'card-read',
    about: number,
  });
  expect((await ask('POST', `/api/holders/${number}/actions`, {})).status).toBe(403);
  expect((await as(server.url, clerk)('GET', '/api/holders/12345678')).status).toBe(404);
});
