import { CompactEncrypt, importJWK } from 'jose';
import { idOf, type RescueKeyDocument } from '$lib/documents/catalogue/catalogue-documents';
import {
  rescueAlgorithm,
  rescueEncryption,
  rescueFileType,
  type RescueContent,
} from '$lib/documents/fleet/rescue-file';

/** S16: the file's text, which only the office's private key opens. */
export async function sealRescue(content: RescueContent, key: RescueKeyDocument): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify(content));
  return new CompactEncrypt(text)
    .setProtectedHeader({
      alg: rescueAlgorithm,
      enc: rescueEncryption,
      typ: rescueFileType,
      kid: idOf(key),
    })
    .encrypt(await importJWK(key.jwk, rescueAlgorithm));
}
