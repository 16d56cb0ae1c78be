import { buildIfStale } from './build-if-stale';
import { run } from './main-cli';
import { start } from './start';
import { builtServer } from './what-is-stale.js';

/**
 * Without a fresh build: `start` makes one and continues as the built server; every other command runs from
 * the sources.
 */
await run(process.argv.slice(2), async (options) => {
  if (options.app !== undefined) return start(options);
  await buildIfStale();
  await import(builtServer.href);
});
