import { startServer, type RunningServer } from '../main';
import { appFolder } from '../project-folder';
import { CommandError, startFailureLine } from './command-error';
import type { StartOptions } from './start-options';
import { forgetPassword, keepPassword, passwordNews } from './password-file';
import { closeOnSignal } from './stop-signals';

/** Starts the server and says what to do next. It runs until Ctrl-C. */
export async function start(options: StartOptions): Promise<void> {
  const server = await startOrExplain(options, options.app ?? appFolder);
  closeOnSignal(() => server.close());
  console.log(`\nTiski is open at ${server.url}`);
  tellNext(server, options);
}

/**
 * Starts the server; without `build` Vite serves the app. @throws {CommandError} for what a person can do
 * something about
 */
export async function startOrExplain(options: StartOptions, build?: string): Promise<RunningServer> {
  const { data, port, host, demo, couchUrl, adminPassword, trustProxy, hosts, keys, metricsToken } = options;
  try {
    const server = await startServer({
      folder: data,
      port,
      host,
      demo,
      keepPassword: (password) => keepPassword(password, options),
      ...(couchUrl === undefined ? {} : { couchUrl }),
      ...(adminPassword === undefined ? {} : { adminPassword }),
      ...(build === undefined ? {} : { build }),
      ...(trustProxy === undefined ? {} : { trustProxy }),
      ...(hosts === undefined ? {} : { hosts }),
      ...(keys === undefined ? {} : { keys }),
      ...(metricsToken === undefined ? {} : { metricsToken }),
    });
    if (server.administrator.isReset) await forgetPassword(options);
    return server;
  } catch (error) {
    const line = startFailureLine(error, data, port);
    throw line === undefined ? error : new CommandError(line);
  }
}

/** The current state, and the first steps. A generated password is shown only this once. */
export function tellNext(server: RunningServer, options: StartOptions): void {
  const { url, administrator, madeDemo, isDemo, isDemoNoMore } = server;
  const { name, password, isReset, rolesRestored } = administrator;
  if (madeDemo !== undefined) {
    console.log(`A demo city was added: ${madeDemo.cards} cards, ${madeDemo.visits} visits.`);
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
    console.log('  Roles:          some of the administrator roles were missing, and are restored');
  if (password === undefined) return;
  const isOwn = password === options.adminPassword;
  console.log(
    `  Password:       ${isOwn ? 'the one of TISKI_ADMIN_PASSWORD' : passwordNews(password, options)}`,
  );
}
