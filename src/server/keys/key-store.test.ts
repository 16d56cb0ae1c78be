import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publicKeyFromDocument } from '$lib/documents/catalogue/catalogue-documents';
import { verifyCode } from '$lib/token/verify-code';
import { aCard, cardNumber } from '../../../tests/builders';
import { startTestServer, type TestServer } from '../../../tests/server';
import {
  currentKey,
  ensureSigningKey,
  publishedKeys,
  readSigningKeys,
  retireKey,
  rotateKey,
  type KeyStore,
} from './key-store';

const today = '2026-11-24';
let server: TestServer;
let store: KeyStore;

beforeEach(async () => {
  server = await startTestServer({ now: () => new Date(`${today}T10:00:00Z`) });
  store = { folder: join(server.dataDir, 'keys'), client: server.client };
});
afterEach(() => server.stop());

const ask = (number: string, password = server.adminPassword) =>
  fetch(`${server.url}/api/cards/${number}/code`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`${server.adminName}:${password}`)}`,
      'content-type': 'application/json',
    },
    body: '{}',
  });

describe('the signing keys', () => {
  it('R2 the first start makes one: the private part readable only by its owner, the public part in the catalogue', async () => {
    const [key, ...more] = await readSigningKeys(store);
    expect(more).toEqual([]);
    const { mode } = await stat(join(store.folder, `${key?.kid}.json`));
    expect(mode & 0o777).toBe(0o600);
    expect((await stat(store.folder)).mode & 0o777).toBe(0o700);
    const published = await publishedKeys(store);
    expect(published.map(({ _id }) => _id)).toEqual([`key:${key?.kid}`]);
    expect(JSON.stringify(published)).not.toContain(key?.jwk.d);
    await ensureSigningKey(store, today);
    expect(await readSigningKeys(store)).toHaveLength(1);
  });

  it('R2 a rotated key signs a week later, when every desk has it; the old one stays published', async () => {
    const [first] = await readSigningKeys(store);
    const second = await rotateKey(store, today);
    expect((await currentKey(store, '2026-11-30'))?.kid).toBe(first?.kid);
    expect((await currentKey(store, '2026-12-01'))?.kid).toBe(second.kid);
    expect(await publishedKeys(store)).toHaveLength(2);
    expect(await retireKey(store, first?.kid ?? '', today)).toBe(true);
    expect((await currentKey(store, today))?.kid).toBe(second.kid);
    expect(await retireKey(store, 'nobody', today)).toBe(false);
    await retireKey(store, second.kid, today);
    expect(await currentKey(store, today)).toBeUndefined();
    await ensureSigningKey(store, today);
    expect((await currentKey(store, today))?.from).toBe(today);
  });
});

describe('POST /api/cards/NUMBER/code', () => {
  const number = cardNumber(1);
  const put = (document: { _id: string }) =>
    server.client.request('PUT', `/tiski-register/${encodeURIComponent(document._id)}`, document);

  it('R2 gives the office a code that a desk trusts without asking the server', async () => {
    await put(aCard(number));
    const response = await ask(number);
    expect(response.status).toBe(200);
    const { code } = (await response.json()) as { code: string };
    const keys = (await publishedKeys(store)).map(publicKeyFromDocument);
    expect(await verifyCode(code, { keys, schemes: ['warkaus'] }, today)).toMatchObject({
      kind: 'genuine',
      card: { number, scheme: 'warkaus', validFrom: '2026-01-01', validUntil: '2027-12-31' },
    });
  });

  it('R2 gives no code for a lost or unknown card, and none to strangers', async () => {
    await put(aCard(number, { status: 'lost' }));
    expect((await ask(number)).status).toBe(409);
    expect((await ask(cardNumber(2))).status).toBe(404);
    expect((await ask(number, 'wrong')).status).toBe(401);
  });
});
