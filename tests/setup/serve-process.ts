import { startServer, type ServerSettings } from '../../src/server/main';

/** A server in its own process, with the settings that a test passes as JSON; prints its address. */
const settings = JSON.parse(process.argv[2] ?? '{}') as ServerSettings;
const server = await startServer(settings);
console.log(server.url);
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
