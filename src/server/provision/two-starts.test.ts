import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Backend } from '../backend';
import { readEpoch } from '../epochs/read-epoch';
import { ensureSigningKey, publishedKeys } from '../keys/key-store';
import { ensureOfficeKey, publishedOfficeKeys, rescueKeys, submissionKeys } from '../keys/office-key-store';
import { openBackend } from '../open-backend';
import { ensureAdministrator } from './administrator';
import { provision } from './provision';

let folder: string;
let backend: Backend;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiski-starts-'));
  backend = await openBackend({ folder, iterations: 10_000 });
});
afterEach(async () => {
  await backend.close();
  await rm(folder, { recursive: true, force: true });
});

it('servers that start over an empty store at the same moment make one of everything, and none fails', async () => {
  const { client } = backend;
  const keys = { folder: join(folder, 'shared'), client };
  const now = new Date('2026-11-24T10:00:00Z');
  const start = async () => {
    await provision(client, now);
    await ensureSigningKey(keys, '2026-11-24');
    await ensureOfficeKey(keys, rescueKeys, now);
    await ensureOfficeKey(keys, submissionKeys, now);
    return ensureAdministrator(backend, 'tiski-tests-only-7412');
  };
  const administrators = await Promise.all([start(), start(), start(), start()]);
  expect(administrators.filter(({ password }) => password !== undefined)).toHaveLength(1);

  const epoch = await readEpoch(client, 'tiski-register');
  await provision(client, now);
  expect(await readEpoch(client, 'tiski-register')).toBe(epoch);
  // As many as there are servers, if they come at once; all of them in the shared folder.
  const files = await readdir(keys.folder);
  const published = [
    ...(await publishedKeys(keys)),
    ...(await publishedOfficeKeys(keys, rescueKeys)),
    ...(await publishedOfficeKeys(keys, submissionKeys)),
  ];
  expect(published).toHaveLength(files.length);
  const credentials = `Basic ${btoa('administrator:tiski-tests-only-7412')}`;
  const identity = await backend.identify({
    authorization: credentials,
    cookie: undefined,
    address: '127.0.0.1',
  });
  expect(identity).toMatchObject({ kind: 'user', user: { name: 'administrator' } });
});
