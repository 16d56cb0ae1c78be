import { createServer } from 'vite';
import { projectFolder } from '../project-folder';
import { CommandError } from './command-error';
import type { StartOptions } from './start-options';
import { startOrExplain, tellNext } from './start';
import { closeOnSignal } from './stop-signals';

/** The app with hot reload, and the same server behind it on a port of its own. */
export async function dev(options: StartOptions): Promise<void> {
  const { port, host } = options;
  const server = await startOrExplain({ ...options, port: 0 });
  const url = `http://localhost:${port}`;
  tellNext({ ...server, url }, options);
  // SvelteKit takes the folder it runs in for the project.
  process.chdir(projectFolder);
  const proxy = { '/couch': server.url, '/api': server.url };
  // Vite looks at names by itself, and calls the server by its own address.
  const allowedHosts = options.hosts ?? [];
  const vite = await createServer({ server: { port, strictPort: true, host, allowedHosts, proxy } });
  const close = async () => {
    await vite.close();
    await server.close();
  };
  try {
    await vite.listen();
  } catch {
    await close();
    throw new CommandError(`port ${port} is taken. Choose another with --port.`);
  }
  closeOnSignal(close);
  console.log(`\nTiski is open at ${url}, with hot reload`);
}
