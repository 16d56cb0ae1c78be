import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { projectFolder } from '../project-folder';
import { CommandError } from './command-error';
import { whatIsStale } from './what-is-stale.js';

/** Builds app and server if they are missing or older than their sources. */
export async function buildIfStale(): Promise<void> {
  const stale = await whatIsStale();
  if (stale.length > 0) await build(stale);
}

async function build(parts: string[]): Promise<void> {
  console.log(`Building the ${parts.join(' and the ')}, this takes a moment …`);
  const begun = performance.now();
  const script = fileURLToPath(new URL('./build-child.js', import.meta.url));
  const child = spawn(process.execPath, [script, ...parts], {
    cwd: projectFolder,
    // What vite, its adapter and plugins print is for developers; they write errors to stderr.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new CommandError(`the ${parts.join(' and the ')} could not be built.`);
  console.log(`Built in ${Math.round((performance.now() - begun) / 1000)} s.`);
}
