import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from '../main';
import { runImport } from './import-command';
import { importPlace } from './import-place';

const sample = 'static/samples/cards.csv';
const adminPassword = 'import-tests-only-88';

let folder = '';
let server: RunningServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiski-import-'));
  server = await startServer({
    folder,
    adminPassword,
    port: 0,
    host: '127.0.0.1',
    demo: true,
    iterations: 1000,
  });
});
afterAll(() => rm(folder, { recursive: true }));

async function run(options: { url?: string; folder?: string }, environment: NodeJS.ProcessEnv = {}) {
  const lines: string[] = [];
  const code = await runImport(sample, options, environment, { write: (line) => lines.push(line) });
  return { code, last: lines.at(-1) };
}

describe('tiski import', () => {
  it('says how to reach a running server whose folder it finds in use', async () => {
    // In its own process: within one, PouchDB shares the folder.
    const script =
      "import { runImport } from './src/server/cli/import-command.ts';" +
      `await runImport('${sample}', { folder: process.argv[1] }, {}, process.stdout);`;
    const words = ['--import', 'tsx', '--input-type=module', '--eval', script, folder];
    const { stdout } = await promisify(execFile)(process.execPath, words);
    expect(stdout).toBe(
      'The import could not be done:\n' +
        `  ${folder} is in use: the server is running. Give its address with --url http://localhost:3000` +
        " and the administrator's password in TISKI_ADMIN_PASSWORD.\n",
    );
  });

  it('brings the sample into a running server, once', async () => {
    const environment = { TISKI_URL: server.url, TISKI_ADMIN_PASSWORD: adminPassword };
    expect(await run({}, environment)).toEqual({
      code: 0,
      last: '20 cards added, 0 changed, 0 as they were.\n',
    });
    expect(await run({ url: `${server.url}/` }, environment)).toEqual({
      code: 0,
      last: '0 cards added, 0 changed, 20 as they were.\n',
    });
  });

  it.each([
    ['no password', {}, "Give the administrator's password in TISKI_ADMIN_PASSWORD."],
    ['a wrong password', { TISKI_ADMIN_PASSWORD: 'guess' }, "did not accept the administrator's password."],
  ])('is refused by a running server with %s', async (_what, environment, reason) => {
    const { code, last } = await run({ url: server.url }, environment);
    expect(code).toBe(1);
    expect(last).toContain(reason);
  });

  it.each([
    ['http://127.0.0.1:9', 'There is no answer from http://127.0.0.1:9.'],
    ['http://chief:hidden@127.0.0.1:9', 'There is no answer from http://127.0.0.1:9.'],
    ['http://chief:hid@den@127.0.0.1:9/', 'There is no answer from http://127.0.0.1:9/.'],
    ['localhost', 'The address must be like http://localhost:3000.'],
  ])('says what is wrong with the address %s', async (url, reason) => {
    const { code, last } = await run({ url }, { TISKI_ADMIN_PASSWORD: 'x' });
    expect(code).toBe(1);
    expect(last).toContain(reason);
  });

  it('treats an empty variable as unset', () => {
    const environment = { TISKI_URL: '', COUCHDB_URL: '', TISKI_DATA: '' };
    expect(importPlace({}, environment)).toEqual({ kind: 'folder', folder: './data' });
  });

  it('works on the folder itself once the server has stopped', async () => {
    await server.close();
    expect(await run({ folder })).toEqual({
      code: 0,
      last: '0 cards added, 0 changed, 20 as they were.\n',
    });
    expect(await run({}, { TISKI_DATA: join(folder, 'nowhere') })).toMatchObject({ code: 1 });
  });
});
