import { startServer, type RunningServer } from '../main';
import { buildIfStale } from './build-app';
import { CommandError, startFailureLine } from './command-error';
import type { StartOptions } from './options';
import { closeOnSignal } from './stop-signals';

/** Starts the server and tells what to do next. It runs until Ctrl-C. */
export async function start(options: StartOptions): Promise<void> {
  const build = options.app ?? (await buildIfStale());
  const server = await startOrExplain(options, build);
  closeOnSignal(() => server.close());
  console.log(`\nTiski is open at ${server.url}`);
  tellNext(server);
}

/** Starts the server; without `build` the app is Vite's. @throws {CommandError} for what a person can do something about */
export async function startOrExplain(options: StartOptions, build?: string): Promise<RunningServer> {
  const { data, port, host, demo, couchUrl, adminPassword, trustProxy } = options;
  try {
    return await startServer({
      folder: data,
      port,
      host,
      demo,
      ...(couchUrl === undefined ? {} : { couchUrl }),
      ...(adminPassword === undefined ? {} : { adminPassword }),
      ...(build === undefined ? {} : { build }),
      ...(trustProxy === undefined ? {} : { trustProxy }),
    });
  } catch (error) {
    const line = startFailureLine(error, data, port);
    throw line === undefined ? error : new CommandError(line);
  }
}

/** What there is now, and the first steps. A made-up password is shown this once. */
export function tellNext({ url, administrator, madeDemo, isDemo, isDemoNoMore }: RunningServer): void {
  const { name, password, isReset, rolesRestored } = administrator;
  if (madeDemo !== undefined) {
    console.log(`A made-up demo city was added: ${madeDemo.cards} cards, ${madeDemo.visits} visits.`);
  }
  if (isDemo) console.log(`  Demo:           open ${url}/demo and press a button to open a demo desk`);
  if (isDemoNoMore) {
    console.log(
      '  Demo:           no more, since it holds other cards. Make another with --data and a new folder',
    );
  }
  console.log(`  Administrator:  ${url}/office, sign in as ${name}`);
  if (isReset) console.log('  Password:       changed to the one of TISKI_ADMIN_PASSWORD');
  if (rolesRestored)
    console.log('  Roles:          were not those of an administrator any more, and are again');
  if (password === undefined) return;
  const isOwn = password === process.env['TISKI_ADMIN_PASSWORD'];
  console.log(
    isOwn
      ? '  Password:       the one of TISKI_ADMIN_PASSWORD'
      : `  Password:       ${password}   (shown this once: write it down)`,
  );
}
