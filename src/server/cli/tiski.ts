// The built server's entry. Before what it maps is loaded:
process.setSourceMapsEnabled(true);
const { run } = await import('./main-cli');
await run(process.argv.slice(2));

export {};
