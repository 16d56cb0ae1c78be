// The built server's entry. Must run before the code whose source maps it enables is loaded:
process.setSourceMapsEnabled(true);
const { run } = await import('./main-cli');
await run(process.argv.slice(2));

export {};
