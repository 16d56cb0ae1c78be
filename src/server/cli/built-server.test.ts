import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startedTiski } from '../../../tests/started-tiski';
import { helpText } from './help-text';

/** Copies a package and all that it needs: links would find more than that. */
async function copyPackage(name: string, target: string): Promise<void> {
  const from = join('node_modules', name);
  await cp(from, join(target, name), { recursive: true });
  const nested = await readdir(join(from, 'node_modules')).catch((): string[] => []);
  const folders = [from, ...nested.map((each) => join(from, 'node_modules', each))];
  const needed = await Promise.all(folders.map(dependenciesOf));
  for (const each of new Set(needed.flat())) if (!nested.includes(each)) await copyPackage(each, target);
}

async function dependenciesOf(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, 'package.json'), 'utf8');
  return Object.keys((JSON.parse(text) as { dependencies?: object }).dependencies ?? {});
}

describe('what npm run build makes of the server', () => {
  let folder: string;
  const environment = { COUCHDB_URL: '', TISKI_DEMO: '0', TISKI_ADMIN_PASSWORD: 'tiski-tests-only-7412' };

  /** As in a container: no sources, no tsx, no other package. */
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tiski-built-'));
    const outDir = join(folder, 'build/server');
    await build({ configFile: 'vite.server.config.ts', logLevel: 'error', build: { outDir } });
    await mkdir(join(folder, 'build/app'), { recursive: true });
    await writeFile(join(folder, 'build/app/index.html'), '<!doctype html><title>Tiski</title>');
    await writeFile(join(folder, 'build/app/service-worker.js'), 'self.skipWaiting();');
    await cp('package.json', join(folder, 'package.json'));
    await mkdir(join(folder, 'node_modules'));
    // A built server needs nothing besides itself but LevelDB's native module.
    await copyPackage('leveldown', join(folder, 'node_modules'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  function tiski(words: string[], options: string[] = []): Promise<{ code: number; output: string }> {
    const all = [...options, join(folder, 'build/server/tiski.js'), ...words];
    return new Promise((resolve) => {
      const settings = { cwd: folder, env: { ...process.env, ...environment } };
      execFile(process.execPath, all, settings, (error, out, complaint) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), output: out + complaint }),
      );
    });
  }

  it('runs every command without its sources', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    expect(await tiski(['--help'])).toEqual({ code: 0, output: `${helpText}\n` });
    expect(await tiski(['--version'])).toEqual({ code: 0, output: `${version}\n` });
    expect(await tiski(['nonsense'])).toMatchObject({ code: 2 });
    expect(await tiski(['provision'])).toMatchObject({ code: 0 });
    await cp('static/samples/cards.csv', join(folder, 'cards.csv'));
    expect((await tiski(['keys', 'rotate-rescue'])).output).toMatch(/key/i);
    expect((await tiski(['import', 'cards.csv'])).output).toMatch(/not a scheme/);
    expect((await tiski(['snapshot'])).output).toMatch(/register/i);
    expect((await tiski(['backup', 'keygen', 'b.key'])).output).toMatch(/age1/);
    const recipient = /age1\w+/.exec(await readFile(join(folder, 'b.key'), 'utf8'))?.[0] ?? '';
    expect(await tiski(['backup', 'b.gz.age', '--recipient', recipient])).toMatchObject({ code: 0 });
    expect(await tiski(['backup', 'verify', 'b.gz.age', '--identity', 'b.key'])).toMatchObject({ code: 0 });
    const restored = await tiski(['restore', 'b.gz.age', '--identity', 'b.key', '--data', 'other']);
    expect(restored.output).toContain('counted again: the same');
    expect((await tiski(['doctor'])).output).toMatch(/good +databases/);
  });

  it('serves the app, and the rules that it gives the databases', async () => {
    const server = await startedTiski([join(folder, 'build/server/tiski.js')], {
      ...environment,
      TISKI_DATA: join(folder, 'served'),
      TISKI_APP: '',
    });
    const page = await fetch(`${server.url}/desk`, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('<title>Tiski</title>');
    expect((await fetch(`${server.url}/service-worker.js`)).headers.get('content-type')).toMatch(
      /javascript/,
    );
    for (const outside of ['/../server/tiski.js', '/%2e%2e/server/tiski.js', '/server/tiski.js']) {
      expect((await fetch(server.url + outside)).status, outside).toBe(404);
    }
    const authorization = `Basic ${btoa(`administrator:${environment.TISKI_ADMIN_PASSWORD}`)}`;
    const refused = await fetch(`${server.url}/couch/tiski-register/card:1`, {
      method: 'PUT',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'card', number: 'x' }),
    });
    expect([403, 422]).toContain(refused.status);
    await server.stop();
  });

  it('shows where in its sources a fault was', async () => {
    const breaks =
      'const read = JSON.parse; JSON.parse = (text, ...more) => {' +
      'if (String(text).includes(\'"name": "tiski"\')) throw new Error("on purpose"); return read(text, ...more) }';
    const { code, output } = await tiski(['--version'], ['--import', `data:text/javascript,${breaks}`]);
    expect(code).not.toBe(0);
    expect(output).toMatch(/at .*src\/server\/tiski-version\.ts:\d+:\d+/);
  });
});
