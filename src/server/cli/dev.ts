import { createServer } from 'vite';
import { projectFolder } from './build-app';
import type { StartOptions } from './options';
import { startOrExplain, tellNext } from './start';
import { closeOnSignal } from './stop-signals';

/** The app with hot reload, and the same server behind it on a port of its own. */
export async function dev(options: StartOptions): Promise<void> {
  const server = await startOrExplain({ ...options, port: 0 });
  const proxy = { '/couch': server.url, '/api': server.url };
  const vite = await createServer({
    root: projectFolder,
    server: { port: options.port, strictPort: true, host: options.host, proxy },
  });
  await vite.listen();
  closeOnSignal(async () => {
    await vite.close();
    await server.close();
  });
  const url = `http://localhost:${options.port}`;
  console.log(`\nTiski is open at ${url}, with hot reload`);
  tellNext({ ...server, url });
}
