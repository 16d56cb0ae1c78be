import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CardDocument } from '$lib/documents/register/card-document';
import { aCard, cardNumber } from '../../../../tests/builders';
import { targets, type Account, type Target } from '../../../../tests/contract/couch-target';
import { requireOk } from '../../couch/client';
import { renewEpoch } from '../../epochs/ensure-epoch';
import { provision } from '../../provision/provision';
import { makeSnapshot } from '../../snapshot/make-snapshot';

const coded = (index: number, value: string, changes: Partial<CardDocument> = {}) =>
  aCard(cardNumber(index), { codes: [{ kind: 'rfid', value }], ...changes });
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** Signed by an arbitrary key: a code is looked up by what it claims. */
const signedCode = (number: string) => `1${number}${'4'.repeat(188)}`;
const landedCode = (number: string) => `${base64url({ alg: 'EdDSA' })}.${base64url({ n: number })}.c2lnbmVk`;

describe.each(targets)('POST /api/cards/find over $name', ({ start }) => {
  let target: Target;
  let office: Account;

  beforeAll(async () => {
    target = await start();
    await provision(target.client);
    office = await target.addAccount('office', ['office']);
    await write(
      coded(1, '04:a2:90:00:03:b8:90'),
      coded(2, '036000291452'),
      coded(3, 'LR004711'),
      coded(4, cardNumber(99)),
      coded(5, 'moved', { status: 'replaced' }),
      coded(6, 'moved'),
    );
  });
  afterAll(() => target.stop());

  async function write(...cards: CardDocument[]): Promise<void> {
    const docs = await Promise.all(
      cards.map(async (card) => {
        const { body } = await target.client.request(
          'GET',
          `/tiski-register/${encodeURIComponent(card._id)}`,
        );
        const { _rev } = body as { _rev?: string };
        return { ...card, ...(_rev !== undefined && { _rev }) };
      }),
    );
    await requireOk(target.client, 'POST', '/tiski-register/_bulk_docs', { docs });
  }
  const ask = (body: unknown, as?: Account) =>
    target.call('POST', '/api/cards/find', { body, ...(as && { as }) });
  const find = async (text: string) => {
    const { status, body } = await ask({ text }, office);
    return status === 200 ? (body as { number: string }).number : (body as { error: string }).error;
  };

  it.each([
    ['its number', cardNumber(1), 1],
    ['its number with a space', `${cardNumber(1).slice(0, 4)} ${cardNumber(1).slice(4)} `, 1],
    ['R2 a signed code', signedCode(cardNumber(1)), 1],
    ['R2 a signed code of the first cards', landedCode(cardNumber(1)), 1],
    ['R1 its UID as a USB reader types it', '04A2900003B890', 1],
    ['R1 its UID as a phone reads it', '04:a2:90:00:03:b8:90', 1],
    ['R1 its UPC-A as an EAN-13', '0036000291452', 2],
    ['a library’s barcode', 'LR004711', 3],
    ['a stock code that could be a card number', cardNumber(99), 4],
    ['R3 a code that moved, the active card', 'moved', 6],
  ])('finds a card by %s', async (_what, text, index) => {
    expect(await find(text)).toBe(cardNumber(index));
  });

  it.each([
    'lr004711',
    '12345670',
    '04A2900003B8',
    signedCode(cardNumber(98)),
    landedCode(cardNumber(98)),
    `${signedCode(cardNumber(1))}0`,
    signedCode('12345670'),
    '',
    '🙂',
    '__proto__',
    '../card',
  ])('finds nothing for %j', async (text) => {
    expect(await find(text)).toBe('unknown-card');
  });

  it('learns what changed since its last look, by pages and by a snapshot', async () => {
    expect(await find('LR12')).toBe('unknown-card');
    await write(coded(12, 'LR12'), coded(3, 'LR3'));
    expect([await find('LR12'), await find('LR3'), await find('LR004711')]).toEqual([
      cardNumber(12),
      cardNumber(3),
      'unknown-card',
    ]);
    // S8: as after a restore.
    await renewEpoch(target.client, 'tiski-register');
    await makeSnapshot(target.client);
    expect([await find('LR12'), await find('04 A2 90 00 03 B8 90')]).toEqual([cardNumber(12), cardNumber(1)]);
  });

  it('is for the office alone', async () => {
    const body = { text: cardNumber(1) };
    expect(await ask(body)).toMatchObject({ status: 401, body: { error: 'signed-out' } });
    for (const roles of [['desk', 'venue:uimahalli'], ['coordinator'], ['revoked'], []]) {
      const account = await target.addAccount(`no-${roles.join('-').replace(':', '-')}`, roles);
      expect(await ask(body, account)).toMatchObject({ status: 403, body: { error: 'not-allowed' } });
    }
    const chief = await target.addAccount('chief', ['administrator']);
    expect((await ask(body, chief)).status).toBe(200);
  });

  it.each([
    [{ text: 'x'.repeat(513) }, 400, 'bad-code'],
    [{ text: 'x'.repeat(20_000) }, 413, 'too-large'],
    [{ text: ['LR3'] }, 400, 'bad-code'],
    [{ text: { $gt: '' } }, 400, 'bad-code'],
    [{}, 400, 'bad-code'],
    [[], 400, 'not-an-object'],
  ])('an attack with %j is answered with %i %s', async (body, status, error) => {
    expect(await ask(body, office)).toMatchObject({ status, body: { error } });
  });
});
