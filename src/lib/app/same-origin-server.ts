import type { ServerAddress } from '$lib/remote/pairing';
import { noteContact } from '$lib/store/clock';
import type { TiskiDatabase } from '$lib/store/database';

/** The server that served this page or worker; what it says about the time is kept in `db` (R13). */
export function sameOriginServer(db: TiskiDatabase): ServerAddress {
  return {
    couchUrl: `${location.origin}/couch`,
    apiUrl: `${location.origin}/api`,
    now: Date.now,
    clockMark: db.clockMark,
    onContact(contact) {
      // The next answer says the same, so it doesn't matter if a full disk or a closing page loses one.
      noteContact(db, contact).catch(() => undefined);
    },
  };
}
