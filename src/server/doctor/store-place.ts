import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { StartOptions } from '../cli/start-options';
import { openRegister, type OpenRegister } from '../cli/import-place';
import type { CouchClient } from '../couch/client';
import { CouchFailure } from '../couch/failure';

/** A store to read, or why it can't be read. */
export type StoreRead =
  | { kind: 'opened'; client: CouchClient; close: () => Promise<void> }
  /** Another process has the embedded store open. */
  | { kind: 'in-use' }
  /** There is none yet. */
  | { kind: 'absent' }
  /** Nothing is known about it, for this reason. */
  | { kind: 'closed'; why: string };

/** Opens what the settings name, to read. */
export async function readStore({ couchUrl, data }: StartOptions): Promise<StoreRead> {
  if (couchUrl !== undefined) return opened(await openRegister({ kind: 'couchdb', address: couchUrl }));
  const found = await stat(join(resolve(data), 'databases')).catch(() => undefined);
  if (found === undefined) return { kind: 'absent' };
  // LevelDB writes its log wherever it is opened: another account's files would lock the server out.
  if (process.getuid !== undefined && found.uid !== process.getuid()) {
    return { kind: 'closed', why: "the data folder is another account's" };
  }
  return opened(await openRegister({ kind: 'folder', folder: data }));
}

/** Asks a running server as its administrator. */
export async function readServer(origin: string, password: string | undefined): Promise<StoreRead> {
  if (password === undefined) {
    return { kind: 'closed', why: 'TISKI_ADMIN_PASSWORD is not given to ask the running server' };
  }
  return opened(await openRegister({ kind: 'server', url: origin, password }));
}

async function opened(register: OpenRegister | string): Promise<StoreRead> {
  if (typeof register === 'string') return { kind: 'closed', why: register };
  const { client, faults, close } = register;
  const why = await whyClosed(client, faults);
  if (why === undefined) return { kind: 'opened', client, close };
  await close();
  return why;
}

const isOpenError = (fault: unknown) => (fault as { type?: unknown } | null)?.type === 'OpenError';

/** One request that every administrator may make, and that opens a database. */
async function whyClosed(client: CouchClient, faults: unknown[]): Promise<StoreRead | undefined> {
  try {
    const { status } = await client.request('GET', '/tiski-catalogue');
    if (status === 200) return undefined;
    if (faults.some(isOpenError)) return { kind: 'in-use' };
    if (status === 404) return { kind: 'absent' };
    if (status === 401) return { kind: 'closed', why: "the administrator's password is not the right one" };
    return { kind: 'closed', why: `it is answered with ${status}` };
  } catch (error) {
    if (error instanceof CouchFailure) return { kind: 'closed', why: 'it does not answer' };
    throw error;
  }
}
