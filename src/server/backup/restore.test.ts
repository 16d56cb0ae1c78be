import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aCard, aService, cardNumber } from '../../../tests/builders';
import { startTestServer } from '../../../tests/server';
import { runBackup } from '../cli/backup-command';
import { provisionStore } from '../cli/provision';
import { runRestore } from '../cli/restore-command';
import { requireOk, type CouchClient } from '../couch/client';
import type { Backend } from '../backend';
import { bytesOf } from '../bytes';
import { openBackend } from '../open-backend';
import { backupLines } from './backup-lines';
import { CountDiffers } from './count-restored';
import { restore, RestoreFailed } from './restore';
import { UnusableBackup } from './unusable-backup';
import { writeBackup } from './write-backup';

const patience = { timeout: 120_000 };
const header = { tiski: 'backup', format: 1, version: '1.0.0', at: '2026-11-22T08:00:00.000Z' };
const revised = (document: { _id: string }) => ({
  ...document,
  _rev: `1-${'a'.repeat(32)}`,
  _revisions: { start: 1, ids: ['a'.repeat(32)] },
});
/** The lines of a database as in a backup. */
const part = (database: string, documents: { _id: string }[], security: object = {}): object[] => [
  { database, security },
  ...documents.map((document) => ({ doc: revised(document) })),
  { end: database, documents: documents.length, upTo: '1' },
];
const card = (index: number) => aCard(cardNumber(index));

let folder = '';
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiski-restore-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileOf(bytes: Uint8Array): Promise<string> {
  const file = join(folder, `backup-${++files}.gz`);
  await writeFile(file, bytes);
  return file;
}
const zipped = (content: string | Uint8Array<ArrayBuffer>) => new Uint8Array(gzipSync(content));

/** With a valid checksum: whoever changes a file can recompute that. */
function textOf(lines: readonly (object | string)[]): string {
  const text = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
  const sha256 = createHash('sha256').update(text).digest('hex');
  return `${text}${JSON.stringify({ sha256, lines: lines.length })}\n`;
}
const backupOf = (lines: readonly (object | string)[]) => fileOf(zipped(textOf(lines)));

async function restored(file: string, data: string, replace = false): Promise<string> {
  let said = '';
  await runRestore(file, { data, replace }, { write: (text: string) => (said += text) });
  return said;
}
const quiet = { write: () => undefined };

/** Over a store that a server has open. */
async function inStore<T>(dataDir: string, look: (client: CouchClient) => Promise<T>): Promise<T> {
  const server = await startTestServer({ dataDir });
  try {
    return await look(server.client);
  } finally {
    await server.close();
  }
}

describe('restore takes what is Tiski’s and no more', patience, () => {
  const open = { admins: { names: ['mallory'], roles: [] }, members: { names: [], roles: [] } };
  const anybody = { _id: '_design/tiski', language: 'javascript', validate_doc_update: 'function () {}' };
  const other = { _id: '_design/other', language: 'javascript', views: {} };

  it('leaves out databases that provisioning would not make, and says so', async () => {
    const note = { _id: 'note:1' };
    const data = join(folder, 'databases');
    const foreign = ['tiski-foo', 'tiski-visits-', 'tiski-visits-a_b', `tiski-visits-${'x'.repeat(65)}`];
    const said = await restored(
      await backupOf([
        header,
        ...part('tiski-visits-liikunta', []),
        ...[...foreign, 'accounting', '_replicator', '../up'].flatMap((name) => part(name, [note])),
        ...part('tiski-register', [card(1)]),
        ...part('_users', [{ _id: 'note:1' }]),
      ]),
      data,
    );
    const left = [
      ...said.matchAll(/^Left out: "(.*)", 1 documents\. It is no database of this version\.$/gm),
    ];
    expect(left.map(([, name]) => name).sort()).toEqual(
      [...foreign, 'accounting', '_replicator', '../up'].sort(),
    );
    expect(said).toContain('Left out: 1 documents in "_users"');
    expect(said).toMatch(/is restored: 1 documents in 3 databases, counted again: the same\./);
    const names = await inStore(data, (client) => requireOk(client, 'GET', '/_all_dbs'));
    expect(names).toEqual([
      '_users',
      'tiski-audit',
      'tiski-catalogue',
      'tiski-desks',
      'tiski-office',
      'tiski-people',
      'tiski-register',
      'tiski-visits-liikunta',
    ]);
    expect((await readdir(folder)).filter((name) => name === 'up')).toEqual([]);
  });

  it('lets no rights and no rules in, also where the catalogue names no such sector', async () => {
    const data = join(folder, 'rules');
    const said = await restored(
      await backupOf([
        header,
        ...part('tiski-visits-gone', [anybody, other], open),
        ...part('tiski-desks', [anybody], open),
        ...part('tiski-catalogue', [anybody, other, aService('swim')], open),
      ]),
      data,
    );
    expect(said).toContain('Left out: 2 documents in "tiski-visits-gone", rules');
    expect(said).toContain('Left out: 2 documents in "tiski-catalogue", rules');
    const designOf = (client: CouchClient, name: string) =>
      requireOk(client, 'GET', `/${name}/_design/tiski`);
    await inStore(data, async (client) => {
      for (const [name, model] of [
        ['tiski-visits-gone', 'tiski-visits-liikunta'],
        ['tiski-desks', 'tiski-desks'],
        ['tiski-catalogue', 'tiski-catalogue'],
      ] as const) {
        expect(JSON.stringify(await requireOk(client, 'GET', `/${name}/_security`))).not.toContain('mallory');
        expect((await client.request('GET', `/${name}/_design/other`)).status).toBe(404);
        const { validate_doc_update: rules } = (await designOf(client, name)) as {
          validate_doc_update: string;
        };
        expect(rules).toContain('throw');
        expect(await designOf(client, model)).toMatchObject({ validate_doc_update: rules });
      }
    });
  });

  it('deletes no other database to make room', async () => {
    const data = join(folder, 'beside');
    await inStore(data, (client) => requireOk(client, 'PUT', '/tiski-foo/'));
    await restored(await backupOf([header, ...part('tiski-register', [card(1)])]), data, true);
    expect(await inStore(data, (client) => requireOk(client, 'GET', '/_all_dbs'))).toContain('tiski-foo');
  });
});

describe('an incomplete file is refused by the line, and nothing is written', patience, () => {
  const register = part('tiski-register', [card(1), card(2)]);
  const [begin = {}, first = {}, second = {}, end = {}] = register;
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ folder: join(folder, 'untouched') });
  });
  afterAll(() => backend.close());

  async function expectRefused(file: string, reason: string): Promise<void> {
    const { client } = backend;
    const refused = restore(client, file, { replace: true, onProgress: () => undefined });
    await expect(refused).rejects.toThrow(UnusableBackup);
    await expect(refused).rejects.toThrow(reason);
    expect(await requireOk(client, 'GET', '/_all_dbs')).toEqual(['_users']);
  }

  const nested = `{"doc":{"_id":"x","a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;
  const values = `{"doc":{"_id":"x","a":[${'[],'.repeat(600_000)}0]}}`;

  it.each<[string, (object | string)[], string]>([
    ['no JSON', [header, begin, 'x', second, end], 'line 3 is broken.'],
    ['an unknown line', [header, { a: 1 }], 'line 2 is broken.'],
    [
      'no UTF-16',
      [header, begin, { doc: { _id: '\ud800' } }, second, end],
      'line 3: Document id must be valid Unicode.',
    ],
    ['a document without a database', [header, first], 'line 2: it does not belong there.'],
    ['a header in the middle', [header, begin, header], 'line 3: it does not belong there.'],
    ['a database within one', [header, begin, ...register], 'line 3: it does not belong there.'],
    ['a database twice', [header, ...register, ...register], 'line 6: it does not belong there.'],
    [
      'the end of another',
      [header, begin, { end: 'tiski-office', documents: 0, upTo: '' }],
      'line 3: it does not belong there.',
    ],
    ['a document too few', [header, begin, first, end], 'line 4: 2 documents were to come, and 1 are there.'],
    ['no end of a database', [header, begin, first], 'line 2: the database that begins there has no end.'],
    ['a revision that is none', [header, begin, { doc: { ...card(1), _rev: 'x' } }], 'line 3: '],
    [
      'a special member',
      [header, begin, { doc: { ...card(1), '_x\u001b[2J': 1 } }],
      'line 3: Bad special document member: _x?[2J.',
    ],
    ['no time', [{ ...header, at: '\u001b[2J' }], 'it is no backup of Tiski'],
    ['deep nesting', [header, begin, nested, end], 'line 3 is broken.'],
    ['a prototype', [header, begin, '{"doc":{"_id":"x","__proto__":{}}}', end], 'line 3 is broken.'],
    ['too many values', [header, begin, values, end], 'line 3 has too many values.'],
    [
      'too many databases',
      [header, ...Array.from({ length: 1001 }, (_, index) => part(`tiski-visits-a${index}`, [])).flat()],
      'line 2002: there are more than 1000 databases.',
    ],
  ])('%s', async (_name, lines, reason) => {
    await expectRefused(await backupOf(lines), reason);
  });

  it.each<[string, (text: string) => Uint8Array, string]>([
    [
      'cut after a line',
      (text) => zipped(text.split('\n').slice(0, 3).join('\n') + '\n'),
      'its end is missing after line 3.',
    ],
    ['cut in a line', (text) => zipped(text.slice(0, 200)), 'it ends in the middle of line 3.'],
    ['its gzip cut', (text) => zipped(text).subarray(0, -30), 'it is cut off or damaged in line '],
    ['no gzip', () => new TextEncoder().encode('number,scheme\n'), 'it is cut off or damaged in line 1.'],
    ['a line more', (text) => zipped(`${text}{}\n`), 'there is something after its end, line 7.'],
    [
      'a line less',
      (text) => zipped(text.replace(/.*"doc".*\n/, '').replace('"documents":2', '"documents":1')),
      'it was written with 5 lines and has 4.',
    ],
    ['a word changed', (text) => zipped(text.replace('valid', 'vaild')), 'its checksum is wrong'],
    [
      'no UTF-8',
      // A byte of Latin-1.
      (text) => zipped(Uint8Array.from(text.replace('security', 's\u00e4'), (each) => each.charCodeAt(0))),
      'line 2 is broken.',
    ],
  ])('%s', async (_name, change, reason) => {
    const file = await fileOf(change(textOf([header, ...register])));
    await expectRefused(file, reason);
  });

  it('is reported by the command in one line', async () => {
    const file = await backupOf([header, first]);
    await expect(restored(file, join(folder, 'refused'))).rejects.toThrow(
      `${file} can't be used: line 2: it does not belong there.`,
    );
  });

  it('a line of a gigabyte is named and not held in memory', async () => {
    const million = zipped('a'.repeat(1024 * 1024));
    const start = zipped(`${JSON.stringify(header)}\n${JSON.stringify(begin)}\n{"doc":"`);
    const file = await fileOf(bytesOf(Buffer.concat([start, ...Array<Uint8Array>(1024).fill(million)])));
    const before = process.resourceUsage().maxRSS;
    await expectRefused(file, "line 3 is longer than a backup's lines are.");
    // kB.
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(300 * 1024);
  });

  it('lines are split at newlines alone, wherever the pieces of the file end', async () => {
    const lines = ['a\u2028b', '', 'x'.repeat(100_000), 'päätös'];
    const file = await fileOf(zipped(lines.map((line) => `${line}\n`).join('')));
    const read: string[] = [];
    for await (const bytes of backupLines(file)) read.push(new TextDecoder().decode(bytes));
    expect(read).toEqual(lines);
    await expect(
      backupLines(file, { longest: 50_000 })
        .next()
        .then(() => drain(backupLines(file, { longest: 50_000 }))),
    ).rejects.toThrow('line 3 is longer');
  });

  it('what could not be read again is not written', async () => {
    const file = join(folder, 'larger.gz');
    async function* lines() {
      yield { doc: { _id: 'note:1', text: 'x'.repeat(64 * 1024 * 1024) } };
    }
    await expect(writeBackup(file, lines())).rejects.toThrow('note:1 is larger than a backup may hold.');
    expect((await readdir(folder)).filter((name) => name.startsWith('larger'))).toEqual([]);
  });
});

async function drain(lines: AsyncIterable<unknown>): Promise<void> {
  for await (const line of lines) void line;
}

describe('a restore counts again', patience, () => {
  /** Claims to have stored everything, but has not stored this one. */
  const losing = (client: CouchClient, lost: string): CouchClient => ({
    request(method, path, body) {
      if (!path.endsWith('/_bulk_docs')) return client.request(method, path, body);
      const { docs, ...rest } = body as { docs: { _id: string }[] };
      return client.request(method, path, { ...rest, docs: docs.filter(({ _id }) => _id !== lost) });
    },
  });

  it('says which database lacks a document, and no server starts over it', async () => {
    const data = join(folder, 'lost');
    const file = await backupOf([
      header,
      ...part('tiski-office', [{ _id: 'note:1' }]),
      ...part('tiski-register', [card(1), card(2), card(3)]),
    ]);
    const backend = await openBackend({ folder: data });
    const { client } = backend;
    const options = { replace: false, onProgress: () => undefined };
    const failed = await restore(losing(client, card(2)._id), file, options).catch((error: unknown) => error);
    await backend.close();
    expect(failed).toBeInstanceOf(RestoreFailed);
    expect((failed as RestoreFailed).reason).toEqual(new CountDiffers('tiski-register', 2, 3));
    await expect(startTestServer({ dataDir: data })).rejects.toThrow('the store has a part of a backup only');
    expect(await restored(file, data, true)).toContain(
      ': 4 documents in 2 databases, counted again: the same.',
    );
  });

  it('more documents than a request asks for, deleted ones, branches, and one that is in the file twice', async () => {
    const id = 'note:1';
    const branch = (hash: string, more: object = {}) => ({
      doc: { _id: id, _rev: `1-${hash}`, _revisions: { start: 1, ids: [hash] }, ...more },
    });
    const [a, b, c] = ['a', 'b', 'c'].map((each) => each.repeat(32));
    // Written and deleted during the backup: its first revision is no longer a leaf.
    const later = {
      doc: { _id: id, _rev: `2-${c}`, _revisions: { start: 2, ids: [c, a] }, _deleted: true },
    };
    const many = Array.from({ length: 1200 }, (_, index) => ({ doc: revised({ _id: `person:${index}` }) }));
    const docs = [branch(a ?? ''), branch(b ?? ''), ...many, later];
    const file = await backupOf([
      header,
      { database: 'tiski-office', security: {} },
      ...docs,
      { end: 'tiski-office', documents: docs.length, upTo: '1' },
    ]);
    expect(await restored(file, join(folder, 'branches'))).toContain(
      ': 1,203 documents in 1 databases, counted again: the same.',
    );
  });
});

describe('a restore that fails in the middle', patience, () => {
  it('is reported, and no server, backup or provision takes its part for the whole', async () => {
    const data = join(folder, 'half');
    // From a CouchDB, whose documents may be larger than the embedded store's.
    const large = { _id: 'note:large', text: 'x'.repeat(1024 * 1024) };
    const tooLarge = await backupOf([
      header,
      ...part('tiski-register', [card(1)]),
      ...part('tiski-office', [large]),
    ]);
    await expect(restored(tooLarge, data)).rejects.toThrow(
      /^the restore failed in the middle, what is there now is not whole.* Repeat it with --replace\. Why: .*413/,
    );
    const half = 'the store has a part of a backup only';
    await expect(startTestServer({ dataDir: data })).rejects.toThrow(half);
    await expect(provisionStore({ data })).rejects.toThrow(half);
    await expect(runBackup(join(folder, 'half.gz'), { folder: data }, {}, quiet)).rejects.toThrow(half);

    const whole = await backupOf([header, ...part('tiski-register', [card(1)])]);
    await expect(restored(whole, data)).rejects.toThrow('tiski-register has documents already');
    await restored(whole, data, true);
    const found = await inStore(data, (client) => client.request('GET', `/tiski-register/${card(1)._id}`));
    expect(found.status).toBe(200);
  });

  it('is recognized by the next start, even after the machine failed', async () => {
    const data = join(folder, 'killed');
    const notes = Array.from({ length: 10_000 }, (_, index) => ({ _id: `note:${index}` }));
    const file = await backupOf([
      header,
      ...part('tiski-register', [card(1)]),
      ...part('tiski-office', notes),
    ]);
    const words = ['src/server/cli/bin.js', 'restore', file, '--data', data];
    const child = spawn(process.execPath, words, { env: { ...process.env, COUCHDB_URL: '' } });
    const exit = once(child, 'exit');
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    expect(await exit).toEqual([null, 'SIGKILL']);
    await expect(startTestServer({ dataDir: data })).rejects.toThrow('the store has a part of a backup only');
    await restored(file, data, true);
    const body = await inStore(data, (client) => requireOk(client, 'GET', '/tiski-office'));
    expect(body).toMatchObject({ doc_count: notes.length + 1 });
  });
});
