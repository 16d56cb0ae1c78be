import { countCards, packedBase } from '$lib/store/register';
import { pullDocuments } from '$lib/sync/pull-documents';
import { newDesk, timed } from './desk';
import { openPeer, openRemote, replication } from './peer';

const register = 'tiski-register';

export interface Loaded {
  ms: number;
  cards: number;
}

/** A new desk's register: by the snapshot and what is newer than it (S18), or by pages of `_changes` alone. */
export async function pullRegister(code: string, way: 'snapshot' | 'pages'): Promise<Loaded> {
  const { db, server, store } = await newDesk(code);
  const takesSnapshots = () => way === 'snapshot';
  const ms = await timed(async () => {
    const remote = server.database(register);
    const pulled = await pullDocuments(remote, { ...store, takesSnapshots }, { sessionEpoch: 'bench' });
    if (!pulled.ok) throw new Error(`Not pulled: ${pulled.failure.kind}`);
  });
  if (way === 'snapshot' && !(await packedBase(db))) throw new Error('The register came by pages.');
  const cards = await countCards(db);
  await db.delete();
  return { ms, cards };
}

/** The same documents by PouchDB's replication into its own store. */
export async function replicateCards(code: string, batchSize: number): Promise<Loaded> {
  const { db, device } = await newDesk(code);
  const local = openPeer(`cards of ${code}`);
  const remote = openRemote(register, device.account);
  let cards = 0;
  const ms = await timed(async () => {
    const done = await local.replicate.from(remote, replication(batchSize, 'target'));
    cards = done.docs_written;
  });
  await local.destroy();
  await db.delete();
  return { ms, cards };
}
