import { visitsDatabase } from '$lib/documents/databases';
import type { OutboxRow } from '$lib/store/database';
import { waitingCount } from '$lib/store/outbox';
import { pushWaiting } from '$lib/sync/push-documents';
import { aVisit } from '../../builders';
import { benchSector } from '../city';
import { newDesk, timed } from './desk';
import { openPeer, openRemote, replication } from './peer';

const database = visitsDatabase(benchSector);

export interface Drained {
  ms: number;
  /** What the server does not have: must be 0. */
  left: number;
}

/** A desk with this many waiting visits sends them. */
export async function drain(code: string, visits: number): Promise<Drained> {
  const { db, device, server, store } = await newDesk(code);
  await db.outbox.bulkAdd(
    visitsOf(device.account.name, visits).map((document): OutboxRow => ({
      id: document._id,
      database,
      state: 'waiting',
      at: Date.parse(document.at),
      document,
    })),
  );
  let stored = 0;
  const ms = await timed(async () => {
    const pushed = await pushWaiting(server, store);
    if (pushed.ok) stored = pushed.value.stored;
  });
  const left = Math.max(await waitingCount(db), visits - stored);
  await db.delete();
  return { ms, left };
}

/** As many visits of another desk, by PouchDB's replication from its own store. */
export async function replicateVisits(code: string, visits: number, batchSize: number): Promise<Drained> {
  const { db, device } = await newDesk(code);
  const local = openPeer(`visits of ${code}`);
  await local.bulkDocs(visitsOf(device.account.name, visits));
  const remote = openRemote(database, device.account);
  let written = 0;
  const ms = await timed(async () => {
    const done = await local.replicate.to(remote, replication(batchSize, 'source'));
    written = done.docs_written;
  });
  await local.destroy();
  await db.delete();
  return { ms, left: visits - written };
}

const visitsOf = (desk: string, count: number) =>
  Array.from({ length: count }, (_, index) => aVisit(desk, index + 1));
