import { readdir, stat } from 'node:fs/promises';

// JavaScript without imports of ours: bin.js asks this before it knows whether TypeScript has to be loaded.

const project = new URL('../../../', import.meta.url);

/** The built server: a program that takes the arguments of `tiski`. */
export const builtServer = new URL('build/server/tiski.js', project);

/**
 * What `npm run build` makes: its last file, its sources, and what is not a source.
 * @type {Record<'app' | 'server', { result: string, sources: string[], except: string[] }>}
 */
const parts = {
  app: {
    result: 'build/app/index.html',
    sources: [
      'src',
      'static',
      'svelte.config.js',
      'vite.config.ts',
      'html5-qrcode-alias.js',
      'package-lock.json',
    ],
    except: ['src/server', 'src/lib/paraglide', 'src/i18n/project.inlang'],
  },
  server: {
    result: 'build/server/tiski.js',
    sources: [
      'src/server',
      'src/lib/domain',
      'src/lib/documents',
      'vite.server.config.ts',
      'package-lock.json',
    ],
    except: [],
  },
};

/**
 * The parts that are missing, or older than their sources.
 * @returns {Promise<('app' | 'server')[]>}
 */
export async function whatIsStale() {
  const [app, server] = await Promise.all([isStale(parts.app), isStale(parts.server)]);
  return [
    ...(app ? /** @type {const} */ (['app']) : []),
    ...(server ? /** @type {const} */ (['server']) : []),
  ];
}

/** @param {(typeof parts)['app']} part */
async function isStale({ result, sources, except }) {
  const builtAt = await changedAt(result);
  const changes = await Promise.all(sources.map((source) => newestChange(source, except)));
  return builtAt === 0 || Math.max(...changes) > builtAt;
}

/**
 * When a file was last changed, ms; 0 if it isn't there.
 * @param {string} path
 */
async function changedAt(path) {
  return stat(new URL(path, project)).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

/**
 * The latest change of a file, or of any file in a folder. Tests don't go into any build.
 * @param {string} path
 * @param {readonly string[]} except
 * @returns {Promise<number>}
 */
async function newestChange(path, except) {
  if (except.includes(path) || path.endsWith('.test.ts')) return 0;
  const entries = await readdir(new URL(path, project), { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return changedAt(path);
  const changes = await Promise.all(entries.map(({ name }) => newestChange(`${path}/${name}`, except)));
  return Math.max(0, ...changes);
}
