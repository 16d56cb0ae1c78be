import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandError } from './command-error';

export const projectFolder = fileURLToPath(new URL('../../..', import.meta.url));

/** What the built app is made of; the server and what is generated are not. */
const sources = [
  'src',
  'static',
  'svelte.config.js',
  'vite.config.ts',
  'html5-qrcode-alias.js',
  'package-lock.json',
];
const generated = ['src/server', 'src/lib/paraglide', 'src/i18n/project.inlang'];

/** Builds the app when it is missing or older than its sources. Answers with its folder. */
export async function buildIfStale(): Promise<string> {
  const folder = join(projectFolder, 'build');
  const builtAt = await changedAt(join(folder, 'index.html'));
  const changes = await Promise.all(sources.map((source) => newestChange(source)));
  if (builtAt === 0 || Math.max(...changes) > builtAt) await build();
  return folder;
}

async function build(): Promise<void> {
  console.log('Building the app, this takes a moment …');
  const begun = performance.now();
  const script = fileURLToPath(new URL('./build-child.js', import.meta.url));
  const child = spawn(process.execPath, [script], {
    cwd: projectFolder,
    // What vite, its adapter and plugins tell is for developers; errors they write to stderr.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new CommandError('the app could not be built.');
  console.log(`Built in ${Math.round((performance.now() - begun) / 1000)} s.`);
}

/** When a file was last changed, ms; 0 when it isn't there. */
async function changedAt(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

/** The latest change of a file, or of any file in a folder. */
async function newestChange(path: string): Promise<number> {
  if (generated.includes(path)) return 0;
  const entries = await readdir(join(projectFolder, path), { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return changedAt(join(projectFolder, path));
  const changes = await Promise.all(entries.map(({ name }) => newestChange(`${path}/${name}`)));
  return Math.max(0, ...changes);
}
