import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { DeviceCookies } from './accounts/device-cookie';
import { EndedSessions } from './accounts/ended-sessions';
import { cookieSecret } from './accounts/secret';
import { standardBodyLimit, type Backend } from './backend';
import { CouchNodes } from './couch/nodes';
import { couchAddresses } from './couch/remote-client';
import type { CouchRouteSettings } from './http/couch-routes';
import { openEmbeddedBackend } from './http/embedded-backend';
import { proxyBackend } from './http/proxy-backend';
import { serverLog } from './server-log';

export interface StoreSettings {
  /** Data folder of the embedded store. */
  folder: string;
  /**
   * Addresses of a CouchDB's nodes with their administrator's credentials; without it the embedded store is
   * used.
   */
  couchUrl?: string;
  /**
   * Folder of the private keys, for several servers or a mounted secret; `keys` in the data folder if absent.
   */
  keys?: string;
  /** Bytes of the largest request body below /couch/; 8 MiB. */
  bodyLimit?: number;
  /** Life of a sign-in; one hour. */
  sessionSeconds?: number;
  /** Of password hashes; 600,000. */
  iterations?: number;
  /** The clock. */
  now?: () => Date;
}

/** Who is notified of what the backend does. */
export type BackendListeners = Pick<CouchRouteSettings, 'onFault' | 'onVisits'> & {
  onNotice?: (text: string) => void;
};

/** Opens the store that the settings name. @throws if it can't be opened */
export async function openBackend(
  settings: StoreSettings,
  listeners: BackendListeners = { onFault: serverLog().fault },
): Promise<Backend> {
  const { bodyLimit = standardBodyLimit, now = () => new Date() } = settings;
  const shared = { ...listeners, bodyLimit, now: () => now().getTime() };
  if (settings.couchUrl !== undefined) {
    const folder = settings.folder === '' ? undefined : resolve(settings.folder);
    const ended = await EndedSessions.open(folder, shared.now);
    const secret = folder === undefined ? randomBytes(32).toString('hex') : await cookieSecret(folder);
    const devices = new DeviceCookies(secret, shared.now);
    return proxyBackend({
      onNotice: serverLog().warn,
      ...shared,
      ended,
      devices,
      couch: new CouchNodes(couchAddresses(settings.couchUrl)),
    });
  }
  const { sessionSeconds = 3600, iterations = 600_000 } = settings;
  return openEmbeddedBackend({ ...shared, folder: resolve(settings.folder), sessionSeconds, iterations });
}
