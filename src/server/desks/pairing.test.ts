import { afterEach, describe, expect, it } from 'vitest';
import { send } from '../../../tests/contract/couch-target';
import { startTestServer, type TestServer } from '../../../tests/server';
import type { PairedDesk } from './pairing';
import { newPairingCode, pairingCodeHash } from './pairing-code';

describe('pairing codes', () => {
  it('are eight characters that are not mistaken for others', () => {
    for (let time = 0; time < 200; time += 1) {
      expect(newPairingCode()).toMatch(/^[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}$/);
    }
  });

  it('are the same in any case, with any dash or space', () => {
    const hash = pairingCodeHash('ABCD-2345');
    for (const typed of ['abcd2345', 'ABCD 2345', ' abcd–2345 ', 'a b c d 2 3 4 5']) {
      expect(pairingCodeHash(typed)).toBe(hash);
    }
    for (const typed of ['', 'ABCD-234', 'ABCD-23456', 'ABCD-234O', '😀'.repeat(8)]) {
      expect(pairingCodeHash(typed)).toBeUndefined();
    }
  });
});

describe('pairing in time', () => {
  let server: TestServer;
  let now = new Date('2026-11-22T08:00:00Z');
  afterEach(() => server.stop());

  const post = (path: string, body: unknown) => send('POST', `${server.url}/api${path}`, { body });
  const pass = (minutes: number) => (now = new Date(now.getTime() + minutes * 60_000));

  it('a code is good for ten minutes', async () => {
    server = await startTestServer({ demo: true, now: () => now });
    const fresh = async () =>
      ((await post('/demo/desk', { venue: 'uimahalli' })).body as { code: string }).code;
    const [first, second] = [await fresh(), await fresh()];
    pass(9);
    expect((await post('/pair', { code: first })).status).toBe(200);
    pass(1);
    expect(await post('/pair', { code: second })).toMatchObject({
      status: 410,
      body: { error: 'code-expired' },
    });
  });

  it('after a hundred wrong codes, not ten, an address has to wait, and then may continue', async () => {
    server = await startTestServer({ demo: true, now: () => now });
    const newCode = async () =>
      ((await post('/demo/desk', { venue: 'uimahalli' })).body as { code: string }).code;
    const mistype = async (times: number) => {
      for (let attempt = 0; attempt < times; attempt += 1) {
        expect((await post('/pair', { code: 'AAAA-AAAA' })).status).toBe(404);
      }
    };
    await mistype(10);
    expect((await post('/pair', { code: await newCode() })).status).toBe(200);
    await mistype(90);
    const code = await newCode();
    const refused = await post('/pair', { code });
    expect(refused).toMatchObject({ status: 429, body: { error: 'too-many-requests' } });
    expect(Number(refused.headers.get('retry-after'))).toBe(300);
    pass(5);
    expect((await post('/pair', { code })).status).toBe(200);
  });

  it('guessing codes at an address locks out nobody there who is signed in or signs in, and no other address', async () => {
    server = await startTestServer({ demo: true, now: () => now });
    const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
    const pair = (code: string, address: string) =>
      send('POST', `${server.url}/api/pair`, { body: { code }, ...from(address) });
    const newCode = async () =>
      ((await post('/demo/desk', { venue: 'uimahalli' })).body as { code: string }).code;
    const [first, second] = [await newCode(), await newCode()];
    const { account } = (await pair(first, '2001:db8::1')).body as PairedDesk;
    for (let attempt = 0; attempt < 100; attempt += 1) await pair('AAAA-AAAA', `2001:db8::${attempt}`);
    expect((await pair(second, '2001:db8::1')).status).toBe(429);
    const session = `${server.url}/couch/_session`;
    expect((await send('GET', session, { as: account, ...from('2001:db8::1') })).status).toBe(200);
    const body = { name: server.adminName, password: server.adminPassword };
    expect((await send('POST', session, { body, ...from('2001:db8::1') })).status).toBe(200);
    expect((await pair(second, '2001:db8:0:1::1')).status).toBe(200);
  });

  it('in a demo anybody opens a desk and sees the cards to try', async () => {
    server = await startTestServer({ demo: true });
    const cards = await send('GET', `${server.url}/api/demo/cards`);
    expect(cards.status).toBe(200);
    expect((cards.body as { cards: { kind: string }[] }).cards.map(({ kind }) => kind)).toContain('admitted');
    expect(await post('/demo/desk', { venue: 'nowhere' })).toMatchObject({
      status: 400,
      body: { error: 'unknown-venue' },
    });
  });
});
