import { requireWhole } from '../backup/half-restored';
import { openBackend } from '../open-backend';
import { administratorName, ensureAdministrator } from '../provision/administrator';
import { provision } from '../provision/provision';
import { CommandError, startFailureLine } from './command-error';
import type { StoreOptions } from './start-options';
import { forgetPassword, keepPassword, passwordNews } from './password-file';
import type { Backend } from '../backend';

/** Opens the store, works on it, and closes it. @throws {CommandError} if it can't be opened */
export async function withStore<T>(
  options: StoreOptions,
  work: (backend: Backend) => Promise<T>,
): Promise<T> {
  const { data, couchUrl } = options;
  try {
    const backend = await openBackend({ folder: data, ...(couchUrl === undefined ? {} : { couchUrl }) });
    try {
      return await work(backend);
    } finally {
      await backend.close();
    }
  } catch (error) {
    const line = startFailureLine(error, data, 0);
    throw line === undefined ? error : new CommandError(line);
  }
}

/** Brings the store into shape without starting the server. */
export async function provisionStore(options: StoreOptions): Promise<void> {
  const { password, isReset, rolesRestored } = await withStore(options, async (backend) => {
    await requireWhole(backend.client);
    await provision(backend.client);
    return ensureAdministrator(backend, options.adminPassword, (made) => keepPassword(made, options));
  });
  console.log('Databases, rights and validation are in place.');
  if (isReset) {
    await forgetPassword(options);
    console.log(`The password of ${administratorName} is now the one of TISKI_ADMIN_PASSWORD.`);
  }
  if (rolesRestored) console.log(`${administratorName} has all of an administrator's roles again.`);
  if (password !== undefined && options.adminPassword === undefined) {
    console.log(`Sign in as ${administratorName}. Password: ${passwordNews(password, options)}`);
  }
}
