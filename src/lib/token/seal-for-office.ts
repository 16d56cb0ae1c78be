import { CompactEncrypt, importJWK } from 'jose';
import { officeEncryption, officeKeyAlgorithm, type OfficePublicKey } from '$lib/documents/office-key';

/**
 * JSON that only the office's private key opens.
 * @param typ what it is, so that nothing made for one purpose is taken for another
 */
export async function sealForOffice(
  content: unknown,
  typ: string,
  { kid, jwk }: { kid: string; jwk: OfficePublicKey },
): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(content)))
    .setProtectedHeader({ alg: officeKeyAlgorithm, enc: officeEncryption, typ, kid })
    .encrypt(await importJWK(jwk, officeKeyAlgorithm));
}
