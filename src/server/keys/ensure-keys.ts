import { localDate } from '$lib/domain/time/day';
import type { ServerLog } from '../server-log';
import { ensureSigningKey, type KeyStore } from './key-store';
import { ensureRescueKey } from './rescue-key-store';

/**
 * Makes the city's keys if it has none; the log says what this server can't do without those that are
 * elsewhere.
 */
export async function ensureKeys(keys: KeyStore, now: Date, log: ServerLog): Promise<void> {
  const signing = await ensureSigningKey(keys, localDate(now.getTime(), 'UTC'));
  const rescue = await ensureRescueKey(keys, now);
  if (signing === 'here' && rescue === 'here') return;
  const lacks = [
    ...(signing === 'elsewhere' ? ['signs no new cards'] : []),
    ...(rescue === 'elsewhere' ? ['opens no rescue files'] : []),
  ];
  log.warn(
    `The city's private keys are not in ${keys.folder}: this server ${lacks.join(' and ')}. ` +
      'Bring them from the server that has them (tiski keys export, then import here), or share its folder ' +
      '(TISKI_KEYS). Only if they are lost: tiski keys rotate and tiski keys rotate-rescue make new ones.',
  );
}
