import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from '../../../tests/server';
import { folderFindings } from './folder-check';

describe('the data folder', () => {
  let above: string;
  let folder: string;

  beforeAll(async () => {
    above = await mkdtemp(join(tmpdir(), 'tiski-doctor-'));
    folder = join(above, 'data');
    await (await startTestServer({ dataDir: folder })).close();
  });
  afterAll(() => rm(above, { recursive: true, force: true }));

  const faults = async (keys?: string) =>
    (await folderFindings(folder, keys)).filter(({ state }) => state !== 'good');

  it('is good as the server makes it', async () => {
    expect(await faults()).toEqual([]);
    expect((await folderFindings(folder)).length).toBeGreaterThan(2);
  });

  it('is reported if it is not there, or a file', async () => {
    expect(await folderFindings(join(above, 'none'))).toMatchObject([{ state: 'warning' }]);
    const file = join(above, 'file');
    await writeFile(file, '');
    expect(await folderFindings(file)).toMatchObject([{ state: 'bad' }]);
  });

  it.each([
    ['session-secret', 0o644, '0600', 'bad'],
    ['session-secret', 0o640, '0600', 'warning'],
    ['keys', 0o755, '0700', 'bad'],
    ['databases', 0o755, '0700', 'bad'],
  ])('%s with mode %i is reported, and what to set', async (name, mode, wanted, state) => {
    const path = join(folder, name);
    await chmod(path, mode);
    const found = await faults();
    await chmod(path, Number.parseInt(wanted, 8));
    expect(found).toMatchObject([{ state, todo: `chmod ${wanted} ${path}` }]);
    expect(await faults()).toEqual([]);
  });

  it('private keys elsewhere are checked too', async () => {
    const keys = await mkdtemp(join(above, 'keys-'));
    const key = join(keys, 'abcdefghijk.rescue.json');
    await writeFile(key, '{}', { mode: 0o600 });
    expect(await faults(keys)).toEqual([]);
    await chmod(key, 0o604);
    expect(await faults(keys)).toMatchObject([{ state: 'bad', todo: `chmod 0600 ${key}` }]);
  });

  it('a first password that was left is reported, but never what it is', async () => {
    const note = join(folder, 'administrator-password');
    await writeFile(note, 'left-over-password', { mode: 0o600 });
    const found = await faults();
    await rm(note);
    expect(found).toMatchObject([{ state: 'warning' }]);
    expect(JSON.stringify(found)).not.toContain('left-over');
  });

  it('what this account can not write, or another one owns, is reported', async () => {
    // Only root can give files away, and only others are refused by a mode.
    if (process.getuid?.() !== 0) {
      await chmod(folder, 0o500);
      const found = await faults();
      await chmod(folder, 0o700);
      expect(found).toMatchObject([{ state: 'bad' }]);
      return;
    }
    await chown(join(folder, 'session-secret'), 12_345, 0);
    const foreignFile = await faults();
    await chown(join(folder, 'session-secret'), 0, 0);
    expect(foreignFile).toMatchObject([{ state: 'bad' }]);
    expect(foreignFile[0]?.says).toContain('session-secret');
    await chown(folder, 12_345, 0);
    const foreignFolder = await faults();
    await chown(folder, 0, 0);
    expect(foreignFolder).toMatchObject([{ state: 'bad' }]);
  });
});
