import type { TiskiDatabase } from '$lib/store/database';
import { collectRescue } from '$lib/store/rescue';

export type RescueFile =
  { kind: 'made'; name: string; text: string; count: number } | { kind: 'nothing' } | { kind: 'no-key' };

/** S16: the file in which waiting documents leave a device that can't send; encrypted, never in clear. */
export async function makeRescueFile(db: TiskiDatabase, deviceNow: number): Promise<RescueFile> {
  const rescue = await collectRescue(db, deviceNow);
  if (rescue.kind !== 'ready') return rescue;
  const { content, key } = rescue;
  // Rarely needed, so cryptography is loaded on demand, from the precache.
  const { sealRescue } = await import('$lib/token/seal-rescue');
  const text = await sealRescue(content, key);
  // To the minute, so that a second file of the day doesn't replace the first.
  const when = content.exportedAt.slice(0, 16).replace('T', '-').replace(':', '');
  return { kind: 'made', name: `tiski-${content.desk}-${when}.jwe`, text, count: content.count };
}
