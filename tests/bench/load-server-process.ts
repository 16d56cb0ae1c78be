import { monitorEventLoopDelay } from 'node:perf_hooks';
import { requireOk } from '../../src/server/couch/client';
import { startServer } from '../../src/server/main';
import { provisionSectors } from '../../src/server/provision/provision';
import { aService, aVenue } from '../builders';
import { adminPassword, sectors } from './load-server';

/** Started by load-server.ts; ends when its parent lets go of it. */
const server = await startServer({
  folder: process.argv[2] ?? '',
  port: 0,
  host: '127.0.0.1',
  demo: false,
  adminPassword,
});
const services = sectors.map((sector) => aService(`visit-${sector}`, { sector }));
await requireOk(server.client, 'POST', '/tiski-catalogue/_bulk_docs', {
  docs: [aVenue('uimahalli'), ...services],
});
await provisionSectors(server.client);
/** The longest block of the event loop, and the most memory, since the last request for them. */
const resolution = 5;
const turns = monitorEventLoopDelay({ resolution });
turns.enable();
let peak = 0;
setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 10).unref();
function pace(): { longestStopMs: number; peakBytes: number } {
  const seen = {
    longestStopMs: Math.max(0, turns.max / 1e6 - resolution),
    peakBytes: Math.max(peak, process.memoryUsage.rss()),
  };
  turns.reset();
  peak = 0;
  return seen;
}
process.on('message', (asked) => process.send?.(asked === 'pace' ? pace() : process.memoryUsage.rss()));
process.on('disconnect', () => {
  void server.close().then(() => process.exit(0));
});
process.send?.(server.url);
