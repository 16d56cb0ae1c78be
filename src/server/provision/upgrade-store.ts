import type { CouchClient } from '../couch/client';
import { markFormerDemo } from '../demo/demo-store';
import { readLocalState, writeLocalState } from '../desks/local-state';
import { copyFormerDesks, removeFormerDesks } from '../desks/move-desks';

const upgradedNote = 'upgraded';

/**
 * Moves what older versions kept where people could write it. Only once: what appears there later was not put
 * there by a server of ours, and is not trusted. If cut off, it starts over; two server processes may do it
 * at the same time.
 */
export async function upgradeStore(client: CouchClient, now: Date): Promise<void> {
  if ((await readLocalState(client, upgradedNote)) === undefined) {
    await copyFormerDesks(client);
    await markFormerDemo(client, now);
    await writeLocalState(client, upgradedNote, { v: 1, at: now.toISOString() });
  }
  await removeFormerDesks(client);
}
