import type { VisitDocument } from '$lib/documents/visits/visit-documents';
import { visitHash } from '$lib/documents/visits/visit-hash';
import type { TiskiDatabase } from './database';
import { readSetting, writeSetting } from './settings';

/** A desk's visits are numbered and chained by hash, so that the office sees any gap (S15). */

/** The number and hash that the desk's next visit carries. */
export async function nextLink(
  db: TiskiDatabase,
  account: string,
): Promise<{ number: number; previous: string }> {
  const chain = await readSetting(db, 'chain');
  if (chain?.account !== account) return { number: 1, previous: '' };
  return { number: chain.number + 1, previous: chain.previous };
}

/**
 * Makes a visit the last of the desk's chain, unless a later one is. This includes visits that come back from
 * the server: a desk on a new device continues where the old one stopped.
 */
export async function noteLink(db: TiskiDatabase, account: string, visit: VisitDocument): Promise<void> {
  const chain = await readSetting(db, 'chain');
  if (chain?.account === account && chain.number >= visit.number) return;
  await writeSetting(db, 'chain', { account, number: visit.number, previous: visitHash(visit) });
}
