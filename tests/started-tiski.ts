import { spawn } from 'node:child_process';
import { once } from 'node:events';

const startLimitMs = 60_000;

export interface StartedTiski {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/**
 * A Tiski in its own process, once it has printed its address.
 * @param words the program and its arguments, without `start`
 */
export async function startedTiski(words: string[], environment: NodeJS.ProcessEnv): Promise<StartedTiski> {
  const child = spawn(process.execPath, [...words, 'start', '--port', environment['PORT'] ?? '0'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    const fail = (why: string) => reject(new Error(`The server did not start: ${why}\n${output}`));
    const timer = setTimeout(() => fail('silent'), startLimitMs);
    child.once('exit', (code) => fail(`it ended with ${code}`));
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const told = /open at (http:\S+)\n/.exec(output)?.[1];
      if (told === undefined) return;
      clearTimeout(timer);
      resolve(told);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
  });
  return {
    url,
    pid: child.pid ?? 0,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await exited;
    },
  };
}
