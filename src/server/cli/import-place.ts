import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { basicAuthorization } from '../accounts/basic-credentials';
import type { CouchClient } from '../couch/client';
import { DatabaseStore } from '../couch/database-store';
import { embeddedClient } from '../couch/embedded-client';
import { Endpoint } from '../couch/endpoint';
import { CouchNodes } from '../couch/nodes';
import { couchAddresses, remoteClient } from '../couch/remote-client';
import { administratorName } from '../provision/administrator';
import { given } from './given';

/** Where the cards go. */
export type ImportPlace =
  /** A running Tiski, as its administrator. */
  | { kind: 'server'; url: string; password: string }
  /** A CouchDB, with its server administrator's name and password in the address. */
  | { kind: 'couchdb'; address: string }
  /** The data folder of a Tiski that is not running. */
  | { kind: 'folder'; folder: string };

/** An open register, to be closed afterwards. */
export interface OpenRegister {
  client: CouchClient;
  /** The underlying error, if a request was answered with 500. */
  faults: unknown[];
  close(): Promise<void>;
}

export interface ImportOptions {
  /** `--url`. */
  url?: string | undefined;
  /** `--data`. */
  folder?: string | undefined;
}

/** The place from options and environment: a server's address first, then a CouchDB, then the folder. */
export function importPlace(options: ImportOptions, environment: NodeJS.ProcessEnv): ImportPlace {
  const url = options.url ?? given(environment['TISKI_URL']);
  const couchdb = given(environment['COUCHDB_URL']);
  if (url !== undefined) return { kind: 'server', url, password: environment['TISKI_ADMIN_PASSWORD'] ?? '' };
  if (couchdb !== undefined) return { kind: 'couchdb', address: couchdb };
  return { kind: 'folder', folder: options.folder ?? given(environment['TISKI_DATA']) ?? './data' };
}

/** Opens the place; if that fails, returns the reason as text for a person. */
export async function openRegister(place: ImportPlace): Promise<OpenRegister | string> {
  switch (place.kind) {
    case 'server': {
      if (!place.password) return "Give the administrator's password in TISKI_ADMIN_PASSWORD.";
      return openRemote(place.url, `/couch`, place.password);
    }
    case 'couchdb':
      return openRemote(place.address, '');
    case 'folder':
      return openFolder(place.folder);
  }
}

function openRemote(text: string, below: string, password?: string): OpenRegister | string {
  try {
    const nodes = couchAddresses(text).map((address) => ({
      ...address,
      origin: `${address.origin}${below}`,
      ...(password === undefined ? {} : { authorization: basicAuthorization(administratorName, password) }),
    }));
    const client = remoteClient(new CouchNodes(nodes));
    return { client, faults: [], close: () => Promise.resolve() };
  } catch {
    // Not the text itself: a CouchDB's address contains a password.
    return 'The address must be like http://localhost:3000.';
  }
}

async function openFolder(folder: string): Promise<OpenRegister | string> {
  try {
    await access(join(folder, 'databases'));
  } catch {
    return `There is no Tiski data in ${folder}: start the server once, or name the folder with --data.`;
  }
  const faults: unknown[] = [];
  const store = await DatabaseStore.open(folder, {});
  const endpoint = new Endpoint(store, (error) => faults.push(error));
  return { client: embeddedClient(endpoint), faults, close: () => store.close() };
}
