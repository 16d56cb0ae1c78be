import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../../../tests/contract/couch-target';

interface Ended {
  code: number | null;
  output: string;
}

describe('tiski start, in a process of its own', () => {
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

  function tiski(words: string[], environment: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, ['src/server/cli/bin.js', ...words], {
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
    return { child, ended, says };
  }

  it('starts, keeps others out, stops on Ctrl-C with 0, and starts again', async () => {
    const data = join(folder, 'data');
    const first = tiski(['start', '--port', '0', '--data', data]);
    const url = await first.says(/open at (http:\S+)\n/);
    const password = await first.says(/Password: +(\S+) .*once/);
    const admin = { name: 'administrator', password };
    expect((await send('GET', `${url}/api/desks`, { as: admin })).status).toBe(200);

    const { port } = new URL(url);
    const other = join(folder, 'other');
    const samePort = await tiski(['start', '--port', port, '--data', other], { TISKI_DEMO: '1' }).ended;
    expect(samePort).toEqual({
      code: 1,
      output: `tiski: port ${port} is taken. Choose another with --port.\n`,
    });
    // What a start that failed would have made is still news for the next one.
    const another = tiski(['start', '--port', '0', '--data', other], { TISKI_DEMO: '1' });
    await another.says(/A made-up (demo city) was added: \d+ cards/);
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
  });

  it.each([
    [['start', '--nonsense'], 2, "tiski: Unknown option '--nonsense'. See tiski --help.\n"],
    [['nonsense'], 2, 'tiski: there is no command "nonsense". See tiski --help.\n'],
  ])('%j ends with %i and one line', async (words, code, output) => {
    expect(await tiski(words).ended).toEqual({ code, output });
  });

  it('a CouchDB that does not answer is waited for, and told by every other command', async () => {
    const COUCHDB_URL = 'http://admin:x@127.0.0.1:9';
    const waiting = tiski(['start', '--port', '0'], { COUCHDB_URL });
    await waiting.says(/(Waiting for the CouchDB of COUCHDB_URL to answer)\./);
    waiting.child.kill('SIGTERM');
    await waiting.ended;
    expect(await tiski(['provision'], { COUCHDB_URL }).ended).toEqual({
      code: 1,
      output: 'tiski: the CouchDB of COUCHDB_URL does not answer.\n',
    });
  });

  it('a data folder that is a file is told in one line', async () => {
    const file = join(folder, 'index.html');
    const { code, output } = await tiski(['provision', '--data', file]).ended;
    expect({ code, output }).toEqual({
      code: 1,
      output: `tiski: the data folder ${file} can't be written.\n`,
    });
  });
});
