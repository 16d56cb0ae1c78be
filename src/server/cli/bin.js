#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { register } from 'tsx/esm/api';

// The server is TypeScript; its imports of `$lib/…` are found through the project's own tsconfig.
register({ tsconfig: fileURLToPath(new URL('../../../tsconfig.json', import.meta.url)) });
const { run } = await import('./main-cli');
await run(process.argv.slice(2));
