import type { ServerAddress } from '$lib/remote/pairing';
import { noteContact } from '$lib/store/clock';
import type { TiskiDatabase } from '$lib/store/database';

/** The server that served this page or worker; what it tells of the time is kept in `db` (R13). */
export function sameOriginServer(db: TiskiDatabase): ServerAddress {
  return {
    couchUrl: `${location.origin}/couch`,
    apiUrl: `${location.origin}/api`,
    now: Date.now,
    clockMark: db.clockMark,
    onContact(contact) {
      // The next answer tells the same: losing one to a full disk or a closing page is no matter.
      noteContact(db, contact).catch(() => undefined);
    },
  };
}
