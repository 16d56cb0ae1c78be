import { createServer } from 'vite';
import { projectFolder } from '../project-folder';
import { CommandError } from './command-error';
import type { StartOptions } from './start-options';
import { startOrExplain, tellNext } from './start';
import { closeOnSignal } from './stop-signals';

/** The app with hot reload, and the real server behind it on its own port. */
export async function dev(options: StartOptions): Promise<void> {
  const { port, host } = options;
  const server = await startOrExplain({ ...options, port: 0 });
  const url = `http://localhost:${port}`;
  tellNext({ ...server, url }, options);
  // SvelteKit takes the current folder for the project.
  process.chdir(projectFolder);
  const proxy = { '/couch': server.url, '/api': server.url };
  // Vite checks host names itself, and calls the server by the server's own address.
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
