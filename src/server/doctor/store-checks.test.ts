import { cp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aService } from '../../../tests/builders';
import { startTestServer, type TestServer } from '../../../tests/server';
import { restoringNote } from '../backup/half-restored';
import { requireOk } from '../couch/client';
import { isJsonObject } from '../couch/json';
import { writeLocalState } from '../desks/local-state';
import { retireKey, rotateKey, type KeyStore } from '../keys/key-store';
import { rescueKeys, rotateOfficeKey } from '../keys/office-key-store';
import { provision } from '../provision/provision';
import { databaseFindings } from './database-check';
import { keyFindings } from './key-check';
import { readServer } from './store-place';

const today = '2026-11-30';

describe('what is in the store', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ now: () => new Date(`${today}T10:00:00Z`) });
  });
  afterAll(() => server.stop());

  it('databases are good as the server makes them, also when read through a running server', async () => {
    const [inside, ...others] = await databaseFindings(server.client);
    expect(inside).toMatchObject({ state: 'good' });
    expect(others).toEqual([]);
    const through = await readServer(server.url, server.adminPassword);
    expect(through.kind).toBe('opened');
    if (through.kind !== 'opened') return;
    expect(await databaseFindings(through.client)).toEqual([inside]);
  });

  it('a wrong password reads nothing, and is reported', async () => {
    expect(await readServer(server.url, 'another-password')).toMatchObject({ kind: 'closed' });
    expect(await readServer(server.url, undefined)).toMatchObject({ kind: 'closed' });
  });

  it('other rights, other rules and a missing sector are reported, and provisioning repairs them', async () => {
    const { client } = server;
    await requireOk(client, 'PUT', '/tiski-register/_security', {
      admins: { names: [], roles: ['administrator'] },
      members: { names: [], roles: [] },
    });
    const design = await requireOk(client, 'GET', '/tiski-office/_design/tiski');
    const changed = { ...(isJsonObject(design) ? design : {}), validate_doc_update: 'function () {}' };
    await requireOk(client, 'PUT', '/tiski-office/_design/tiski', changed);
    await requireOk(client, 'PUT', '/tiski-catalogue/service:swim', aService('swim', { sector: 'sports' }));
    await requireOk(client, 'PUT', '/tiski-visits-arts');
    const found = await databaseFindings(client);
    expect(found.map(({ state, says }) => `${state}: ${says}`)).toEqual([
      'bad: Rights of tiski-register (_security) are not those of Tiski.',
      'warning: Rules of tiski-office are those of another version.',
      'bad: Rights of tiski-visits-arts (_security) are not those of Tiski.',
      'bad: tiski-visits-arts has no rules (_design/tiski).',
      'bad: tiski-visits-arts has no epoch: no desk pulls from it.',
      'warning: No database is there for the visits of the sector "sports".',
    ]);
    await provision(client);
    expect(await databaseFindings(client)).toMatchObject([{ state: 'good' }]);
  });

  it('a restore that was cut off is reported', async () => {
    const { client } = server;
    await writeLocalState(client, restoringNote, { at: today });
    expect(await databaseFindings(client)).toMatchObject([{ state: 'bad' }]);
  });
});

describe('keys', () => {
  let server: TestServer;
  let store: KeyStore;
  beforeAll(async () => {
    server = await startTestServer({ now: () => new Date(`${today}T10:00:00Z`) });
    store = { folder: join(server.dataDir, 'keys'), client: server.client };
  });
  afterAll(() => server.stop());

  const found = async () => (await keyFindings(store, today)).map(({ state, says }) => `${state}: ${says}`);
  const isSigningKey = (name: string) => /^[\w-]{11}\.json$/.test(name);
  const away = () => `${store.folder}-away`;

  it('are good as the server makes them', async () => {
    expect(await found()).toEqual([
      expect.stringMatching(/^good: The key \S{11} signs/),
      'good: Every key for rescue files is here.',
      'good: Every key for submissions is here.',
    ]);
  });

  it('whose folder is gone are reported, and where to bring them from', async () => {
    await rename(store.folder, away());
    const findings = await keyFindings(store, today);
    await rename(away(), store.folder);
    expect(findings.map(({ state }) => state)).toEqual(['bad', 'warning', 'bad', 'bad']);
    expect(findings.every(({ todo }) => todo?.includes('tiski keys export'))).toBe(true);
  });

  it('an older one that is elsewhere, and a retired one, do no harm', async () => {
    const [before = ''] = (await readdir(store.folder)).filter(isSigningKey);
    await cp(join(store.folder, before), away());
    await rotateKey(store, '2026-11-20');
    await rotateOfficeKey(store, rescueKeys, new Date(`${today}T11:00:00Z`));
    await rm(join(store.folder, before));
    const kid = before.slice(0, 11);
    expect(await found()).toContain(`warning: The private part of the signing key ${kid} is not here.`);
    await retireKey(store, kid, today);
    expect(JSON.stringify(await found())).not.toContain(kid);
    await rename(away(), join(store.folder, before));
  });

  it('a public part that somebody changed is reported', async () => {
    const [name = ''] = (await readdir(store.folder)).filter(isSigningKey);
    const path = `/tiski-catalogue/key:${name.slice(0, 11)}`;
    const document = (await requireOk(server.client, 'GET', path)) as { jwk: object };
    const jwk = { ...document.jwk, x: 'A'.repeat(43) };
    await requireOk(server.client, 'PUT', path, { ...document, jwk });
    expect((await found()).some((each) => each.startsWith('bad: The catalogue'))).toBe(true);
  });

  it('a file that is not a key is reported', async () => {
    await writeFile(join(store.folder, 'abcdefghijk.json'), '{}');
    expect(await found()).toEqual([expect.stringMatching(/^bad: A key file .* it is no key/)]);
  });
});
