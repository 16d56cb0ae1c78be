import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { windowSize, type EngineDriver } from './engine-driver';

/** WebKitGTK's programs: the driver, a small browser, and a virtual display. */
export interface WebKitPrograms {
  driver: string;
  browser: string;
  display: string;
}

const START_LIMIT_MS = 30_000;
/** The element that a script returns, as WebDriver's answers name it. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
/** W3C WebDriver, 17.4.2. */
const KEYS: Record<string, string> = { Enter: '\uE007', Escape: '\uE00C' };

/** WebKitGTK, over WebDriver, with its back-forward cache. It keeps stored data until it is closed. */
export async function startWebKit(programs: WebKitPrograms): Promise<EngineDriver> {
  const screen = spawn(
    programs.display,
    ['-displayfd', '3', '-screen', '0', `${windowSize.width}x${windowSize.height}x24`, '-nolisten', 'tcp'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  );
  const display = `:${await firstLine(screen)}`;
  const port = await freePort();
  const driver = spawn(programs.driver, [`--port=${port}`], {
    env: { ...process.env, DISPLAY: display, TZ: 'Europe/Helsinki' },
    stdio: 'ignore',
  });
  const end = async () => {
    for (const child of [driver, screen]) await ended(child);
  };

  async function call(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    const { value } = (await answer.json()) as { value: unknown };
    if (!answer.ok) throw new Error(`WebKit, ${method} ${path}: ${JSON.stringify(value)}`);
    return value;
  }

  try {
    await untilItAnswers(() => call('GET', '/status'));
    const options = { binary: programs.browser, args: ['--automation', '--enable-page-cache=true'] };
    const begun = (await call('POST', '/session', {
      capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } },
    })) as { sessionId: string; capabilities: { browserVersion: string } };
    const session = `/session/${begun.sessionId}`;
    const run = (script: string) => call('POST', `${session}/execute/sync`, { script, args: [] });
    await call('POST', `${session}/window/rect`, { x: 0, y: 0, ...windowSize });

    return {
      version: `WebKitGTK ${begun.capabilities.browserVersion}`,
      open: async (url) => void (await call('POST', `${session}/url`, { url })),
      back: async () => void (await call('POST', `${session}/back`, {})),
      read: (expression) => run(`return ${expression}`),
      async click(element) {
        const found = (await run(`return ${element}`)) as Record<string, string> | null;
        const id = found?.[ELEMENT];
        if (id === undefined) throw new Error(`There is no ${element}.`);
        await call('POST', `${session}/element/${id}/click`, {});
      },
      async press(keys) {
        const actions = keys.flatMap((key) => {
          const value = KEYS[key] ?? key;
          return [
            { type: 'keyDown', value },
            { type: 'keyUp', value },
          ];
        });
        await call('POST', `${session}/actions`, { actions: [{ type: 'key', id: 'keyboard', actions }] });
      },
      async restart() {
        const { handle } = (await call('POST', `${session}/window/new`, { type: 'window' })) as {
          handle: string;
        };
        await call('DELETE', `${session}/window`);
        await call('POST', `${session}/window`, { handle });
      },
      errors: () => [],
      async close() {
        await call('DELETE', session);
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  const pipe = child.stdio[3];
  if (!pipe) throw new Error('The screen has no pipe.');
  const [chunk] = (await once(pipe, 'data', { signal: AbortSignal.timeout(START_LIMIT_MS) })) as [Buffer];
  return chunk.toString().trim();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function untilItAnswers(ask: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      if (performance.now() - startedAt > START_LIMIT_MS) throw error;
      await setTimeout(100);
    }
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill();
  await exited;
}
