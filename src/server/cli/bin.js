#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { builtServer, whatIsStale } from './what-is-stale.js';

// Nothing to build: the built server starts in half the time. Else its sources do what was asked for.
if ((await whatIsStale()).length === 0) {
  await import(builtServer.href);
} else {
  const { register } = await import('tsx/esm/api');
  // Imports of `$lib/…` are found through the project's own tsconfig.
  register({ tsconfig: fileURLToPath(new URL('../../../tsconfig.json', import.meta.url)) });
  await import('./from-sources');
}
