#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { builtServer, whatIsStale } from './what-is-stale.js';

// If nothing has to be built, the built server starts in half the time. Otherwise its sources run the
// command.
if ((await whatIsStale()).length === 0) {
  await import(builtServer.href);
} else {
  const { register } = await import('tsx/esm/api');
  // Imports of `$lib/…` are resolved through the project's own tsconfig.
  register({ tsconfig: fileURLToPath(new URL('../../../tsconfig.json', import.meta.url)) });
  await import('./from-sources');
}
