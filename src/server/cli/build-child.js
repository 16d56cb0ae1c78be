import { createBuilder } from 'vite';

/** `vite build` in a process of its own; a plugin that leaves something running doesn't keep it from ending. */
const builder = await createBuilder({ logLevel: 'error' }, null);
await builder.buildApp();
process.exit(0);
