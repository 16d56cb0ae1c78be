import { build, createBuilder } from 'vite';

/** `npm run build` in a process of its own, of the parts named; a plugin that leaves something running doesn't keep it from ending. */
const parts = process.argv.slice(2);
const logLevel = 'error';
if (parts.includes('app')) {
  const builder = await createBuilder({ logLevel }, null);
  await builder.buildApp();
}
if (parts.includes('server')) await build({ logLevel, configFile: 'vite.server.config.ts' });
process.exit(0);
