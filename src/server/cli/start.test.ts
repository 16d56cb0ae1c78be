import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../../../tests/contract/couch-target';

interface Ended {
  code: number | null;
  output: string;
}

describe('tiski start, in its own process', () => {
  let folder: string;
  const running: ChildProcess[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tiski-start-'));
    await writeFile(join(folder, 'index.html'), '<!doctype html>');
  });
  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  const tiski = (words: string[], environment: NodeJS.ProcessEnv = {}) =>
    run(process.execPath, ['src/server/cli/bin.js', ...words], environment);

  /** script (util-linux) gives the command its own terminal, and passes on its output and its exit code. */
  const onTerminal = (command: string, environment: NodeJS.ProcessEnv = {}) =>
    run('script', ['-qefc', command, '/dev/null'], environment);

  function run(program: string, words: string[], environment: NodeJS.ProcessEnv = {}) {
    const child = spawn(program, words, {
      env: { ...process.env, COUCHDB_URL: '', TISKI_APP: folder, TISKI_DEMO: '0', ...environment },
    });
    running.push(child);
    let output = '';
    const heard: ((text: string) => void)[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        heard.forEach((listen) => listen(output));
      });
    }
    const ended: Promise<Ended> = once(child, 'exit').then(([code]) => ({
      code: code as number | null,
      output,
    }));
    const says = (pattern: RegExp) =>
      new Promise<string>((resolve, reject) => {
        const listen = (text: string) => {
          const found = pattern.exec(text)?.[1];
          if (found !== undefined) resolve(found);
        };
        heard.push(listen);
        listen(output);
        void ended.then(() => reject(new Error(`ended, having said: ${output}`)));
      });
    return { child, ended, says, said: () => output };
  }

  it('starts, keeps others out, stops on Ctrl-C with 0, and starts again', async () => {
    const data = join(folder, 'data');
    const first = tiski(['start', '--port', '0', '--data', data]);
    const url = await first.says(/open at (http:\S+)\n/);
    const kept = await first.says(/Password: +in the file (\S+) /);
    expect(kept).toBe(join(data, 'administrator-password'));
    expect((await stat(kept)).mode & 0o777).toBe(0o600);
    const password = (await readFile(kept, 'utf8')).trim();
    const admin = { name: 'administrator', password };
    expect((await send('GET', `${url}/api/desks`, { as: admin })).status).toBe(200);

    const { port } = new URL(url);
    const other = join(folder, 'other');
    const samePort = await tiski(['start', '--port', port, '--data', other], { TISKI_DEMO: '1' }).ended;
    expect(samePort).toEqual({
      code: 1,
      output: `tiski: port ${port} is taken. Choose another with --port.\n`,
    });
    // What a failed start would have made is still news for the next one.
    const ownName = { TISKI_DEMO: '1', TISKI_HOSTS: 'tiski.example.fi' };
    const another = tiski(['start', '--port', '0', '--data', other], ownName);
    await another.says(/A (demo city) was added: \d+ cards/);
    const demo = await another.says(/open at (http:\S+)\n/);
    // fetch sets Host by itself; a proxy on this machine is trusted.
    const statusAs = async (name: string) =>
      (await send('GET', `${demo}/api/health`, { headers: { 'x-forwarded-host': name } })).status;
    expect(await statusAs('tiski.example.fi')).toBe(200);
    expect(await statusAs('rebound.example.fi')).toBe(421);
    another.child.kill('SIGTERM');
    await another.ended;
    const sameFolder = await tiski(['start', '--port', '0', '--data', data]).ended;
    expect(sameFolder.code).toBe(1);
    expect(sameFolder.output).toBe(
      `tiski: the data folder ${data} is in use by another server. Stop it, or choose another with --data.\n`,
    );

    const poll = send('GET', `${url}/couch/tiski-register/_changes?feed=longpoll&since=now`, { as: admin });
    await send('GET', `${url}/api/health`);
    first.child.kill('SIGINT');
    expect(await first.ended).toMatchObject({ code: 0 });
    await poll.catch(() => undefined);

    const second = tiski(['start', '--port', '0', '--data', data]);
    const again = await second.says(/open at (http:\S+)\n/);
    expect((await send('GET', `${again}/api/desks`, { as: admin })).status).toBe(200);
    second.child.kill('SIGTERM');
    const { code, output } = await second.ended;
    expect(code).toBe(0);
    expect(output).not.toContain('Password');

    const lost = tiski(['start', '--port', '0', '--data', data], { TISKI_ADMIN_PASSWORD: 'found-again' });
    await lost.says(/Password: +(changed to the one of TISKI_ADMIN_PASSWORD)\n/);
    lost.child.kill('SIGTERM');
    await lost.ended;
    await expect(stat(kept)).rejects.toThrow('ENOENT');
    expect([first, second, lost].filter(({ said }) => said().includes(password))).toEqual([]);
  });

  it('shows a generated password on a terminal, and stores it in no file', async () => {
    const data = join(folder, 'on-a-terminal');
    const words = `start --port 0 --data '${data}'`;
    const server = onTerminal(`'${process.execPath}' src/server/cli/bin.js ${words}`);
    const url = await server.says(/open at (http:\S+)\r?\n/);
    const password = await server.says(/Password: +([a-z2-9]{20}) +\(shown this once/);
    const as = { name: 'administrator', password };
    expect((await send('GET', `${url}/api/desks`, { as })).status).toBe(200);
    await expect(stat(join(data, 'administrator-password'))).rejects.toThrow('ENOENT');
    server.child.kill('SIGTERM');
    await server.ended;
  });

  it('provisions without a terminal: the password is in a file, replacing an older one', async () => {
    const data = join(folder, 'provisioned');
    const file = join(data, 'administrator-password');
    await mkdir(data);
    await writeFile(file, 'of-another-store', { mode: 0o644 });
    const { code, output } = await tiski(['provision', '--data', data]).ended;
    expect({ code, output }).toEqual({
      code: 0,
      output:
        'Databases, rights and validation are in place.\n' +
        `Sign in as administrator. Password: in the file ${file}   (delete it once you have noted it)\n`,
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const started = tiski(['start', '--port', '0', '--data', data]);
    const url = await started.says(/open at (http:\S+)\n/);
    const as = { name: 'administrator', password: (await readFile(file, 'utf8')).trim() };
    expect((await send('GET', `${url}/api/desks`, { as })).status).toBe(200);
    started.child.kill('SIGTERM');
    await started.ended;
  });

  it('makes no account whose password can not be stored', async () => {
    const data = join(folder, 'unwritable');
    // A folder of that name can't be replaced by a file.
    await mkdir(join(data, 'administrator-password'), { recursive: true });
    expect(await tiski(['provision', '--data', data]).ended).toMatchObject({ code: 1 });
    await rm(join(data, 'administrator-password'), { recursive: true });
    const again = await tiski(['provision', '--data', data]).ended;
    expect(again.output).toContain(`in the file ${data}`);
  });

  it.each([
    [['start', '--nonsense'], 2, "tiski: Unknown option '--nonsense'. See tiski --help.\n"],
    [['nonsense'], 2, 'tiski: there is no command "nonsense". See tiski --help.\n'],
  ])('%j ends with %i and one line', async (words, code, output) => {
    expect(await tiski(words).ended).toEqual({ code, output });
  });

  it('waits for a CouchDB that does not answer, and every other command reports it', async () => {
    const COUCHDB_URL = 'http://admin:x@127.0.0.1:9';
    const waiting = tiski(['start', '--port', '0'], { COUCHDB_URL });
    await waiting.says(/(Waiting for the CouchDB of COUCHDB_URL to answer)\./);
    // A journal gets lines of JSON.
    expect(JSON.parse(waiting.said())).toMatchObject({ level: 'warn', msg: expect.any(String) as string });
    waiting.child.kill('SIGTERM');
    await waiting.ended;
    const start = `'${process.execPath}' src/server/cli/bin.js start --port 0`;
    const watched = onTerminal(start, { COUCHDB_URL });
    await watched.says(/^(Waiting for the CouchDB of COUCHDB_URL to answer\.)\r?\n/);
    watched.child.kill('SIGTERM');
    await watched.ended;
    expect(await tiski(['provision'], { COUCHDB_URL }).ended).toEqual({
      code: 1,
      output: 'tiski: the CouchDB of COUCHDB_URL does not answer.\n',
    });
  });

  it('a data folder that is a file is reported in one line', async () => {
    const file = join(folder, 'index.html');
    const { code, output } = await tiski(['provision', '--data', file]).ended;
    expect({ code, output }).toEqual({
      code: 1,
      output: `tiski: the data folder ${file} can't be written.\n`,
    });
  });
});
