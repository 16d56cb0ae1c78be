import { localDate } from '$lib/domain/time/day';
import type { ServerLog } from '../server-log';
import { ensureSigningKey, type KeyStore } from './key-store';
import { ensureOfficeKey, rescueKeys, submissionKeys } from './office-key-store';

const listed = new Intl.ListFormat('en-GB');

/**
 * Makes the city's keys if it has none; the log says what this server can't do without those that are
 * elsewhere.
 */
export async function ensureKeys(keys: KeyStore, now: Date, log: ServerLog): Promise<void> {
  const signing = await ensureSigningKey(keys, localDate(now.getTime(), 'UTC'));
  const rescue = await ensureOfficeKey(keys, rescueKeys, now);
  const submissions = await ensureOfficeKey(keys, submissionKeys, now);
  const lacks = [
    ...(signing === 'elsewhere' ? ['signs no new cards'] : []),
    ...(rescue === 'elsewhere' ? ['opens no rescue files'] : []),
    ...(submissions === 'elsewhere' ? ['takes no submissions'] : []),
  ];
  if (lacks.length === 0) return;
  log.warn(
    `The city's private keys are not in ${keys.folder}: this server ${listed.format(lacks)}. ` +
      'Bring them from the server that has them (tiski keys export, then import here), or share its folder ' +
      '(TISKI_KEYS). Only if they are lost: tiski keys rotate, rotate-rescue and rotate-submissions make new ones.',
  );
}
