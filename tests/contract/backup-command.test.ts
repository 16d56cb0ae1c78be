import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireOk } from '../../src/server/couch/client';
import { aCard, cardNumber } from '../builders';
import { startTestServer, testAdminPassword, type TestServer } from '../server';

interface Ended {
  code: number | string | null | undefined;
  said: string;
}

/** `tiski …` as its own process. */
function tiski(words: string[], variables: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const { PATH, HOME } = process.env;
  return new Promise((resolve) => {
    const env = { PATH, HOME, TISKI_ADMIN_PASSWORD: testAdminPassword, ...variables };
    execFile(process.execPath, ['src/server/cli/bin.js', ...words], { env }, (error, out, complaint) =>
      resolve({ code: error === null ? 0 : error.code, said: out + complaint }),
    );
  });
}

/**
 * docs/operations/backup.md, "Every night": the commands on a city's server, and on the machine that has the
 * key.
 */
describe('tiski backup, encrypted, every night', { timeout: 120_000 }, () => {
  let folder = '';
  let server: TestServer;
  let key = '';
  let recipient = '';
  let encrypted = '';
  const there = () => join(folder, 'backups');
  const backup = (...words: string[]) => tiski(['backup', there(), '--url', server.url, ...words]);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tiski-backup-command-'));
    await mkdir(there());
    key = join(folder, 'tiski-backup.key');
    server = await startTestServer();
    const docs = [1, 2, 3].map((index) => aCard(cardNumber(index)));
    await requireOk(server.client, 'POST', '/tiski-register/_bulk_docs', { docs });
  }, 120_000);
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('makes a key pair once', async () => {
    const made = await tiski(['backup', 'keygen', key]);
    expect(made.code).toBe(0);
    recipient = /^Public key: (age1\S+)$/m.exec(made.said)?.[1] ?? '';
    expect((await stat(key)).mode & 0o777).toBe(0o600);
    expect(made.said).not.toContain('AGE-SECRET-KEY');
    expect(await tiski(['backup', 'keygen', key])).toEqual({
      code: 1,
      said: `tiski: ${key} can't be written (EEXIST).\n`,
    });
  });

  it('writes for the public key, and keeps the newest', async () => {
    const old = ['01', '02', '03'].map((day) => `tiski-2025-01-${day}T020000Z.backup.gz`);
    for (const name of [...old, 'notes.txt']) await writeFile(join(there(), name), '');
    const written = await backup('--recipient', recipient, '--keep', '2');
    expect(written).toMatchObject({ code: 0 });
    const names = await readdir(there());
    const [name = ''] = names.filter((each) => each.endsWith('.age'));
    encrypted = join(there(), name);
    expect(names.sort()).toEqual(['notes.txt', old[2], name].sort());
    expect(written.said).toContain(`${encrypted} is written, and was read back whole.`);
    expect(written.said).toContain(`only the holder of the private key of ${recipient} can read it`);
    expect(written.said).toContain(`${old[0]} is deleted, as older.`);
  });

  it('verifies with the private key, and says what is in it', async () => {
    const verified = await tiski(['backup', 'verify', encrypted, '--identity', key]);
    expect(verified).toMatchObject({ code: 0 });
    expect(verified.said).toMatch(/^tiski-register: 3 documents$/m);
    expect(verified.said).toMatch(
      new RegExp(
        `^${encrypted} is whole: an encrypted backup of 20\\S+Z, \\d+ documents in \\d+ databases\\.$`,
        'm',
      ),
    );
    const byEnvironment = await tiski(['backup', 'verify', encrypted], { TISKI_BACKUP_IDENTITY: key });
    expect(byEnvironment).toEqual(verified);
  });

  it('restores with the private key, and counts again', async () => {
    const data = join(folder, 'restored');
    const restored = await tiski(['restore', encrypted, '--data', data, '--identity', key]);
    expect(restored).toMatchObject({ code: 0 });
    const [, documents] =
      /: (\d+) documents in \d+ databases, counted again: the same\./.exec(restored.said) ?? [];
    expect(Number(documents)).toBeGreaterThan(3);
    const again = await startTestServer({ dataDir: data });
    const body = await requireOk(again.client, 'GET', `/tiski-register/card:${cardNumber(2)}`);
    await again.close();
    expect(body).toMatchObject({ _id: `card:${cardNumber(2)}` });
  });

  it('verify and restore name what is wrong, with exit code 1, and nothing is written', async () => {
    const whole = Uint8Array.from(await readFile(encrypted));
    const cut = join(folder, 'cut.gz.age');
    await writeFile(cut, whole.subarray(0, whole.length - 1));
    const changed = join(folder, 'changed.gz.age');
    await writeFile(changed, whole.with(whole.length - 100, (whole.at(-100) ?? 0) ^ 1));
    const other = join(folder, 'other.key');
    await tiski(['backup', 'keygen', other]);
    const data = join(folder, 'untouched');
    const isDamaged = /can't be used: it is cut off or damaged in line \d+\.\n$/;
    for (const [file, words, reason] of [
      [cut, ['--identity', key], isDamaged],
      [changed, ['--identity', key], isDamaged],
      [
        encrypted,
        ['--identity', other],
        /can't be used: it is encrypted for other keys than that of --identity\.\n$/,
      ],
      [
        encrypted,
        [],
        /can't be used: it is encrypted\. Name the file of its private key with --identity\.\n$/,
      ],
      [encrypted, ['--identity', encrypted], /holds no age private key/],
      [encrypted, ['--identity', join(folder, 'none')], /none can't be read \(ENOENT\)\.\n$/],
      [join(folder, 'no.gz'), [], /^tiski: there is no .*no\.gz\.\n$/],
      [folder, [], /can't be read \(EISDIR\)\.\n$/],
    ] as const) {
      const verified = await tiski(['backup', 'verify', file, ...words]);
      expect(verified).toEqual({ code: 1, said: expect.stringMatching(reason) as string });
      const refused = await tiski(['restore', file, '--data', data, ...words]);
      expect(refused).toEqual(verified);
    }
    const empty = await startTestServer({ dataDir: data });
    expect((await empty.client.request('GET', `/tiski-register/card:${cardNumber(2)}`)).status).toBe(404);
    await empty.close();
  });

  it('refuses what is not a public key before it reads anything, and doesn’t repeat it', async () => {
    const before = await readdir(there());
    const secret = /AGE-SECRET-KEY\S+/.exec(await readFile(key, 'utf8'))?.[0] ?? '';
    for (const none of [secret, `${recipient},age1x`]) {
      expect(await backup('--recipient', none, '--keep', '1')).toEqual({
        code: 2,
        said: 'tiski: --recipient: that is not an age public key: it must be like age1…\n',
      });
    }
    expect(await readdir(there())).toEqual(before);
  });

  it('deletes nothing if the new backup fails, nor when it writes to a single file', async () => {
    const before = await readdir(there());
    const wrong = { TISKI_ADMIN_PASSWORD: 'a guess' };
    const failed = await tiski(['backup', there(), '--url', server.url, '--keep', '1'], wrong);
    expect(failed).toMatchObject({ code: 1 });
    const file = await tiski(['backup', join(there(), 'a.gz'), '--url', server.url, '--keep', '1']);
    expect(file).toMatchObject({ code: 2 });
    expect(file.said).toContain('--keep goes with a folder of backups');
    expect(await readdir(there())).toEqual(before);
  });
});
