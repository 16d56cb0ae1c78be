import { startServer, type ServerSettings } from '../../src/server/main';

/** A server in a process of its own, with the settings that a test gives it as JSON; prints its address. */
const settings = JSON.parse(process.argv[2] ?? '{}') as ServerSettings;
const server = await startServer(settings);
console.log(server.url);
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
