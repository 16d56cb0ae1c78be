import { publicKeyFromDocument } from '$lib/documents/catalogue-documents';
import { localDate } from '$lib/domain/day';
import { readCode } from '$lib/domain/scan-code';
import type { Signature } from '$lib/domain/signed-code';
import { readCatalogue } from '$lib/store/catalogue';
import { readDeviceClock } from '$lib/store/clock';
import type { TiskiDatabase } from '$lib/store/database';

/** R2: looks at the signature of a scanned text, with the keys on the device; undefined for other codes. */
export async function readSignature(
  db: TiskiDatabase,
  text: string,
  deviceNow: number,
): Promise<Signature | undefined> {
  const code = readCode(text);
  if (code.kind !== 'signed') return undefined;
  const { keys } = await readCatalogue(db);
  const { now } = await readDeviceClock(db, deviceNow);
  // Most scans are numbers: cryptography is loaded by the first signed code, from the precache.
  const { verifyCode } = await import('$lib/token/verify-code');
  return verifyCode(code.token, keys.map(publicKeyFromDocument), localDate(now, 'UTC'));
}
