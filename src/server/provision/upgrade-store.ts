import type { CouchClient } from '../couch/client';
import { markFormerDemo } from '../demo/demo-store';
import { readLocalState, writeLocalState } from '../desks/local-state';
import { copyFormerDesks, removeFormerDesks } from '../desks/move-desks';

const upgradedNote = 'upgraded';

/**
 * Brings over what older versions kept where people could write it. Once: what is there later was not put there by a
 * server of ours, and is not believed. Cut off, it begins again; two server processes may do it at the same time.
 */
export async function upgradeStore(client: CouchClient, now: Date): Promise<void> {
  if ((await readLocalState(client, upgradedNote)) === undefined) {
    await copyFormerDesks(client);
    await markFormerDemo(client, now);
    await writeLocalState(client, upgradedNote, { v: 1, at: now.toISOString() });
  }
  await removeFormerDesks(client);
}
