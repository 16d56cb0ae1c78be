import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** What the built app is made of; the server and the compiled messages are not. */
const SOURCES = ['src', 'static', 'svelte.config.js', 'vite.config.ts', 'package-lock.json'];
const NOT_SOURCES = ['src/server', 'src/lib/paraglide', 'src/i18n/project.inlang/cache'];

export function buildAppIfStale(): void {
  const builtAt = existsSync('build/index.html') ? statSync('build/index.html').mtimeMs : 0;
  if (Math.max(...SOURCES.map(lastChange)) > builtAt)
    execFileSync('npx', ['vite', 'build', '--logLevel', 'warn'], { stdio: 'inherit' });
}

/** The latest modification of a file, or of any file in a folder, in milliseconds. */
function lastChange(file: string): number {
  if (NOT_SOURCES.includes(file)) return 0;
  const found = statSync(file);
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(0, ...readdirSync(file).map((name) => lastChange(path.posix.join(file, name))));
}
