import type { DeskReport } from '$lib/documents/fleet/desk-report';
import { isRoomLow } from '$lib/domain/fleet/storage';
import { isStoragePersistent, storageEstimate } from '$lib/pwa/readiness';
import { sendDeskReport } from '$lib/remote/desk-report-api';
import type { ServerAddress } from '$lib/remote/pairing';
import { keepCounterRules } from '$lib/store/counter-rules';
import type { TiskiDatabase } from '$lib/store/database';
import { readDeskFacts } from '$lib/store/desk-facts';
import type { Credentials, SyncState, Timing } from '$lib/sync/ports';
import { startReporter, type Reporter } from '$lib/sync/reporter';

interface Reported {
  timing: Timing;
  /** The build's name. */
  version: string;
  lastFailure(): SyncState['lastFailure'];
}

/** S15: reports this desk's state to the server as long as it syncs, and keeps what the office allows it. */
export function startReporting(
  db: TiskiDatabase,
  server: ServerAddress,
  account: Credentials,
  { timing, version, lastFailure }: Reported,
): Reporter {
  return startReporter<DeskReport>({
    timing,
    async read() {
      const facts = await readDeskFacts(db, timing.now());
      if (!facts) return undefined;
      const [storage, isPersistent, problem] = [
        await storageEstimate(),
        await isStoragePersistent(),
        lastFailure(),
      ];
      return {
        ...facts,
        version,
        ...(storage && {
          storage: { used: Math.round(storage.used), available: Math.round(storage.available) },
        }),
        ...(isPersistent !== undefined && { isPersistent }),
        ...(problem !== undefined && { problem }),
      };
    },
    materialOf: ({ waiting, refused, quarantined, version: build, storage, isPersistent, problem }) => ({
      isWaiting: waiting > 0,
      refused,
      quarantined,
      build,
      isRoomLow: storage && isRoomLow(storage),
      isPersistent,
      problem,
    }),
    async send(report) {
      const answer = await sendDeskReport(server, account, report);
      if (answer.ok) await keepCounterRules(db, account.name, answer.value.rules);
    },
  });
}
