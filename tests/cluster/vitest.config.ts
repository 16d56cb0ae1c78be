import { defineConfig } from 'vitest/config';
import base from '../../vite.config';

/** `npm run test:cluster`: on a CouchDB cluster that COUCHDB_URLS and COUCHDB_NODE_COMMAND name (docs/operations.md). */
export default defineConfig({
  ...base,
  test: {
    include: ['tests/cluster/**/*.test.ts'],
    environment: 'node',
    // All of them stop and start the nodes of the same cluster.
    fileParallelism: false,
    testTimeout: 15 * 60_000,
    hookTimeout: 5 * 60_000,
  },
});
