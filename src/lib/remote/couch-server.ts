import type { Contact } from '$lib/domain/time/clock';
import type { Credentials, AccountState, Outcome, RemoteServer } from '$lib/sync/ports';
import { createCouchDatabase, usualIdleMs } from './couch-database';
import { readSession, type ServerAddress } from './pairing';

/** The role that marks a desk's account as revoked by the office (S11). */
const revokedRole = 'revoked';

/** The server as one account sees it, authenticated again with every request. */
export function createCouchServer(server: ServerAddress, account: Credentials): RemoteServer {
  const packing = { isRefused: false };
  return {
    database: (name) => createCouchDatabase(server, account, name, usualIdleMs, packing),
    async account(): Promise<Outcome<AccountState>> {
      const session = await readSession(server, account);
      if (!session.ok) return session;
      return { ok: true, value: session.value.roles.includes(revokedRole) ? 'revoked' : 'active' };
    },
    async time(): Promise<Outcome<Contact | undefined>> {
      const session = await readSession(server, account);
      return session.ok ? { ok: true, value: session.value.contact } : session;
    },
  };
}
