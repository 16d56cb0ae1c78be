import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../../tests/server';
import {
  currentKey,
  ensureSigningKey,
  publishedKeys,
  retireKey,
  rotateKey,
  type KeyStore,
} from './key-store';
import {
  ensureOfficeKey,
  publishedOfficeKeys,
  readOfficeKeys,
  rescueKeys,
  submissionKeys,
} from './office-key-store';
import { sealKeys, unsealKeys } from './sealed-keys';

const run = promisify(execFile);
const now = new Date('2026-11-24T10:00:00Z');
const today = '2026-11-24';
const passphrase = 'not a secret of anybody';
let server: TestServer;
let folder: string;
/** The server that has the keys, and another with its own folder in front of the same store. */
let own: KeyStore;
let other: KeyStore;

beforeEach(async () => {
  server = await startTestServer({ now: () => now });
  folder = await mkdtemp(join(tmpdir(), 'tiski-keys-'));
  own = { folder: join(server.dataDir, 'keys'), client: server.client };
  other = { folder: join(folder, 'keys'), client: server.client };
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const allPublished = async () => [
  await publishedKeys(own),
  await publishedOfficeKeys(own, rescueKeys),
  await publishedOfficeKeys(own, submissionKeys),
];

describe('a server without the private keys of its city', () => {
  it('makes none of its own, so that desks keep trusting and encrypting as before', async () => {
    const before = await allPublished();
    expect(await ensureSigningKey(other, today)).toBe('elsewhere');
    for (const purpose of [rescueKeys, submissionKeys]) {
      expect(await ensureOfficeKey(other, purpose, now)).toBe('elsewhere');
    }
    expect(await allPublished()).toEqual(before);
    expect(await currentKey(other, today)).toBeUndefined();
    await expect(readdir(other.folder)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('makes new ones on request, or when the old ones were retired', async () => {
    const made = await rotateKey(other, today);
    expect(await ensureSigningKey(other, today)).toBe('here');
    expect((await currentKey(other, today))?.kid).toBe(made.kid);

    const third: KeyStore = { ...other, folder: join(folder, 'third') };
    for (const { _id } of await publishedKeys(own)) await retireKey(own, _id.slice('key:'.length), today);
    expect(await ensureSigningKey(third, today)).toBe('here');
    expect(await publishedKeys(own)).toHaveLength(3);
  });

  it('has them from a sealed file, once, and then is as good as the first', async () => {
    const { text, keys } = await sealKeys(own, passphrase);
    expect(keys).toBe(3);
    expect(text).not.toContain((await currentKey(own, today))?.jwk.d);
    expect(await unsealKeys(other, text, 'another passphrase')).toEqual({ kind: 'not-opened' });
    expect(await unsealKeys(other, `${text.slice(0, -4)}AAAA`, passphrase)).toEqual({ kind: 'not-opened' });
    expect(await unsealKeys(other, '{}', passphrase)).toEqual({ kind: 'not-keys' });
    await expect(readdir(other.folder)).rejects.toMatchObject({ code: 'ENOENT' });

    expect(await unsealKeys(other, text, passphrase)).toEqual({ kind: 'unsealed', added: 3, present: 0 });
    expect(await unsealKeys(other, text, passphrase)).toEqual({ kind: 'unsealed', added: 0, present: 3 });
    expect(await ensureSigningKey(other, today)).toBe('here');
    for (const purpose of [rescueKeys, submissionKeys]) {
      expect(await ensureOfficeKey(other, purpose, now)).toBe('here');
      expect(await readOfficeKeys(other, purpose)).toEqual(await readOfficeKeys(own, purpose));
    }
    expect((await currentKey(other, today))?.kid).toBe((await currentKey(own, today))?.kid);
    expect(await publishedKeys(own)).toHaveLength(1);
    for (const name of await readdir(other.folder)) {
      expect((await stat(join(other.folder, name))).mode & 0o777).toBe(0o600);
    }
  });
});

describe('tiski keys export and import', () => {
  const tiski = (words: string[], environment: NodeJS.ProcessEnv) =>
    run(process.execPath, ['src/server/cli/bin.js', ...words], {
      env: { ...process.env, COUCHDB_URL: '', TISKI_KEYS_PASSPHRASE: passphrase, ...environment },
    }).then(
      ({ stdout }) => stdout,
      (error: { stderr: string }) => error.stderr,
    );

  it('carry the keys in a file readable only by its owner, and into the folder that TISKI_KEYS names', async () => {
    const data = server.dataDir;
    await server.close();
    const file = join(folder, 'tiski-keys.jwe');
    expect(await tiski(['keys', 'export', file, '--data', data], { TISKI_KEYS_PASSPHRASE: 'short' })).toBe(
      'tiski: TISKI_KEYS_PASSPHRASE must have 15 characters at least.\n',
    );
    expect(await tiski(['keys', 'export', file, '--data', data], {})).toContain(`3 keys are in ${file}.`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await tiski(['keys', 'export', file, '--data', data], {})).toContain("can't be written: EEXIST.");

    const TISKI_KEYS = other.folder;
    expect(await tiski(['keys', '--data', data], { TISKI_KEYS })).toContain('its private part is not here');
    const wrong = { TISKI_KEYS, TISKI_KEYS_PASSPHRASE: 'another passphrase' };
    expect(await tiski(['keys', 'import', file, '--data', data], wrong)).toContain("can't be opened");
    expect(await tiski(['keys', 'import', file, '--data', data], { TISKI_KEYS })).toBe(
      `3 keys were added in ${other.folder}, 0 were there.\n`,
    );
    expect(await tiski(['keys', '--data', data], { TISKI_KEYS })).not.toContain('not here');
    const junk = join(folder, 'junk');
    await writeFile(junk, 'nothing');
    expect(await tiski(['keys', 'import', junk, '--data', data], {})).toContain('holds no keys of Tiski.');
    expect(await readFile(file, 'utf8')).toMatch(/^ey/);
    server = await startTestServer({ dataDir: data, keys: other.folder, now: () => now });
  });
});
