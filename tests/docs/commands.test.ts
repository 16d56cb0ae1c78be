import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAuthority } from '../authority';
import { freePort } from '../free-port';
import { startTestServer, type TestServer } from '../server';
import { startTlsProxy } from '../tls-proxy';
import { commandBlocks } from './command-blocks';
import { ranByCi, ranByHand, tried, type Trial } from './commands';

const blocks = await commandBlocks();

describe('each block of commands in the documentation', () => {
  it.each(blocks)('$file: $text', async ({ text, ranByHand: noted }) => {
    const ways = [text in tried, text in ranByHand || noted !== undefined, ranByCi.includes(text)];
    expect(
      ways.filter(Boolean),
      'is tried here, or says in its first line "# Run by hand on YYYY-MM-DD: …", or is run by CI',
    ).toHaveLength(1);
    const date = noted ?? ranByHand[text];
    if (date !== undefined) expect(Date.parse(date)).toBeLessThanOrEqual(Date.now());
    if (ranByCi.includes(text)) expect(await ciScript()).toContain(`CI=1 ${text}`);
  });

  it('and none is tried that does not exist', () => {
    const known = [...Object.keys(tried), ...Object.keys(ranByHand), ...ranByCi];
    expect(known.filter((text) => !blocks.some((block) => block.text === text))).toEqual([]);
  });
});

async function ciScript(): Promise<string> {
  const names = await readdir('.ci');
  return (await Promise.all(names.map((name) => readFile(join('.ci', name), 'utf8')))).join('\n');
}

describe('run in a scratch folder, beside a running server', () => {
  const password = 'a long one';
  let scratch: string;
  let server: TestServer;
  let proxy: Awaited<ReturnType<typeof startTlsProxy>>;
  let environment: NodeJS.ProcessEnv;

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'tiski-docs-'));
    const project = process.cwd();
    for (const name of ['package.json', 'node_modules', 'src', 'tsconfig.json', '.svelte-kit', 'static']) {
      await symlink(join(project, name), join(scratch, name));
    }
    await cp('static/samples/cards.csv', join(scratch, 'cards.csv'));
    await mkdir(join(scratch, 'app'));
    await writeFile(join(scratch, 'app/index.html'), '<!doctype html>');
    await writeFile(join(scratch, 'app/service-worker.js'), 'self.skipWaiting();');
    for (const folder of ['backups', 'service', 'bin']) await mkdir(join(scratch, folder));
    await writeFile(join(scratch, 'service/administrator-password'), 'made-up\n');
    // What npx resolves to once npm has prepared the project, which takes it longer than the command.
    const bin = `exec '${process.execPath}' '${project}/src/server/cli/bin.js' "$@"`;
    await writeFile(join(scratch, 'bin/npx'), `#!/bin/sh\nshift\n${bin}\n`, { mode: 0o755 });
    // Nobody is asked for the machine's password.
    await writeFile(join(scratch, 'bin/sudo'), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
    server = await startTestServer({ adminPassword: password, build: join(scratch, 'app') });
    const authority = makeAuthority();
    proxy = await startTlsProxy({ ...authority, to: server.url });
    await writeFile(join(scratch, 'authority.pem'), authority.authority);
    environment = {
      ...process.env,
      PATH: `${join(scratch, 'bin')}:${process.env['PATH']}`,
      COUCHDB_URL: '',
      PORT: String(await freePort()),
      TISKI_APP: join(scratch, 'app'),
      TISKI_DEMO: '0',
      NODE_EXTRA_CA_CERTS: join(scratch, 'authority.pem'),
    };
  }, 120_000);

  afterAll(async () => {
    await proxy.stop();
    await server.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  /** The command with this scratch place's names, and whatever it needs before. */
  async function here(text: string): Promise<string> {
    const needed = /tiski-2026-11-25T020000Z\.backup\.gz(\.age)?/.exec(text);
    if (needed !== null) await makeBackup(needed[0], needed[1] !== undefined);
    return text
      .replaceAll('http://localhost:3000', server.url)
      .replaceAll('https://tiski.example.fi', proxy.origin)
      .replaceAll('/var/backups/tiski/', `${join(scratch, 'backups')}/`)
      .replaceAll('/var/lib/tiski/', `${join(scratch, 'service')}/`)
      .replaceAll('./data', `./data-${Math.random().toString(36).slice(2)}`)
      .replaceAll('curl -u administrator ', `curl -s -u 'administrator:${password}' `);
  }

  async function makeBackup(name: string, isEncrypted: boolean): Promise<void> {
    const isIn = join(scratch, isEncrypted ? name : `backups/${name}`);
    const recipient = isEncrypted
      ? `--recipient ${/age1\w+/.exec(await readFile(join(scratch, 'tiski-backup.key'), 'utf8'))?.[0]}`
      : '';
    const command = `npx tiski backup '${isIn}' --url ${server.url} ${recipient}`;
    const { code, output } = await run(
      command,
      { says: /read back whole/ },
      { TISKI_ADMIN_PASSWORD: password },
    );
    expect(code, output).toBe(0);
  }

  async function run(command: string, { says, isServer, hasSettings }: Trial, more: NodeJS.ProcessEnv = {}) {
    // Its own process group: npm and what it started end together.
    const child = spawn('bash', ['-euo', 'pipefail', '-c', command], {
      cwd: scratch,
      env: {
        ...environment,
        ...(isServer && { TISKI_DATA: join(scratch, `d${Math.random()}`) }),
        ...(hasSettings && { TISKI_DATA: server.dataDir }),
        ...more,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (isServer === true && says.test(output)) process.kill(-(child.pid ?? 0), 'SIGTERM');
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  }

  // In order: some need what earlier ones have made.
  for (const [text, trial] of Object.entries(tried)) {
    it(text, async () => {
      const { code, output } = await run(await here(text), trial);
      expect(output).toMatch(trial.says);
      if (trial.isServer !== true) expect([code, output]).toEqual([trial.code ?? 0, output]);
    });
  }
});
