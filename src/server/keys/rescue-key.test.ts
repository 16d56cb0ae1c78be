import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { RescueContent } from '$lib/documents/fleet/rescue-file';
import { sealRescue } from '$lib/token/seal-rescue';
import { aVisit, cardNumber } from '../../../tests/builders';
import { startTestServer, type TestServer } from '../../../tests/server';
import { readSigningKeys, type KeyStore } from './key-store';
import { makeOfficeKey } from './office-key';
import {
  ensureOfficeKey,
  publishedOfficeKeys,
  readOfficeKeys,
  rescueKeys,
  rotateOfficeKey,
} from './office-key-store';
import { openRescueFile, rescueKeyDocumentOf } from './rescue-key';

const now = new Date('2026-11-24T10:00:00Z');
const content: RescueContent = {
  type: 'tiski-rescue',
  v: 1,
  desk: 'desk-1',
  exportedAt: now.toISOString(),
  count: 1,
  entries: [{ database: 'tiski-visits-liikunta', state: 'waiting', document: aVisit('desk-1', 1) }],
};

describe('a rescue file', () => {
  it('S16 is opened by the key that it was made for, and reveals nothing to anybody else', async () => {
    const key = await makeOfficeKey(now);
    const file = await sealRescue(content, rescueKeyDocumentOf(key));
    expect(await openRescueFile(`${file}\n`, [key])).toEqual({ kind: 'opened', content });

    const parts = file.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    for (const secret of [cardNumber(1), 'desk-1', 'swim', 'uimahalli']) {
      expect(parts.join('\n')).not.toContain(secret);
    }
    expect(JSON.parse(parts[0] ?? '')).toMatchObject({
      alg: 'ECDH-ES',
      enc: 'A256GCM',
      typ: 'tiski-rescue',
      kid: key.kid,
    });
    // Everything is encrypted with a separate key.
    expect(await sealRescue(content, rescueKeyDocumentOf(key))).not.toBe(file);
  });

  it('S16 says what is wrong: another key, one changed letter anywhere, a missing end, another file', async () => {
    const [key, other] = [await makeOfficeKey(now), await makeOfficeKey(now)];
    const file = await sealRescue(content, rescueKeyDocumentOf(key));
    expect(await openRescueFile(file, [other])).toEqual({ kind: 'unknown-key', kid: key.kid });
    expect(await openRescueFile(file, [{ ...other, kid: key.kid }])).toEqual({ kind: 'damaged' });

    const start = file.indexOf('.');
    for (let at = start + 2; at < file.length; at += 97) {
      const changed = file.slice(0, at) + (file[at] === 'A' ? 'B' : 'A') + file.slice(at + 1);
      expect(await openRescueFile(changed, [key]), `letter ${at}`).toEqual({ kind: 'damaged' });
    }
    for (const length of [start, start + 1, start + 10, file.length - 20, file.length - 1]) {
      expect(await openRescueFile(file.slice(0, length), [key]), `${length} letters`).toEqual({
        kind: 'damaged',
      });
    }
    for (const text of ['', 'a.b.c.d.e', JSON.stringify(content), '\u0000\u0001', file.slice(10)]) {
      expect(await openRescueFile(text, [key]), text.slice(0, 20)).toEqual({ kind: 'not-sealed' });
    }
  });
});

describe('the keys of rescue files', () => {
  let server: TestServer;
  afterEach(() => server.stop());

  it('S16 the first start makes one; a rotated one is newer, and the old one still opens', async () => {
    server = await startTestServer({ now: () => now });
    const store: KeyStore = { folder: join(server.dataDir, 'keys'), client: server.client };
    const [first, ...more] = await readOfficeKeys(store, rescueKeys);
    if (!first) throw new Error('There is no key.');
    expect(more).toEqual([]);
    const name = join(store.folder, `${first.kid}.rescue.json`);
    expect((await stat(name)).mode & 0o777).toBe(0o600);
    expect(await readFile(name, 'utf8')).toContain(first.jwk.d);
    expect(JSON.stringify(await publishedOfficeKeys(store, rescueKeys))).not.toContain(first.jwk.d);
    expect(await readSigningKeys(store), 'of another kind').toHaveLength(1);

    await ensureOfficeKey(store, rescueKeys, now);
    expect(await readOfficeKeys(store, rescueKeys)).toHaveLength(1);
    const file = await sealRescue(content, rescueKeyDocumentOf(first));
    const second = await rotateOfficeKey(store, rescueKeys, new Date(now.getTime() + 1));
    expect((await publishedOfficeKeys(store, rescueKeys)).map(({ _id }) => _id)).toEqual([
      `rescue-key:${first.kid}`,
      `rescue-key:${second.kid}`,
    ]);
    expect(await openRescueFile(file, await readOfficeKeys(store, rescueKeys))).toMatchObject({
      kind: 'opened',
    });
  });
});
