import { publicKeyFromDocument } from '$lib/documents/catalogue/catalogue-documents';
import type { ScannedCode } from '$lib/domain/code/scan-code';
import type { Signature } from '$lib/domain/code/signed-code';
import { localDate } from '$lib/domain/time/day';
import { readCatalogue } from '$lib/store/catalogue';
import { readDeviceClock } from '$lib/store/clock';
import type { TiskiDatabase } from '$lib/store/database';

/** R2: verifies the signature of a scanned code with the device's keys; undefined for other codes. */
export async function readSignature(
  db: TiskiDatabase,
  code: ScannedCode,
  deviceNow: number,
): Promise<Signature | undefined> {
  if (code.kind !== 'signed') return undefined;
  const { keys, schemes } = await readCatalogue(db);
  const { now } = await readDeviceClock(db, deviceNow);
  // Most scans are numbers: the first signed code loads the cryptography, from the precache.
  const { verifyCode } = await import('$lib/token/verify-code');
  const trust = { keys: keys.map(publicKeyFromDocument), schemes: [...schemes.keys()] };
  return verifyCode(code.token, trust, localDate(now, 'UTC'));
}
