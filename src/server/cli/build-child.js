import { build, createBuilder } from 'vite';

/**
 * `npm run build` in its own process, for the named parts; it ends even if a plugin leaves something running.
 */
const parts = process.argv.slice(2);
const logLevel = 'error';
if (parts.includes('app')) {
  const builder = await createBuilder({ logLevel }, null);
  await builder.buildApp();
}
if (parts.includes('server')) await build({ logLevel, configFile: 'vite.server.config.ts' });
process.exit(0);
