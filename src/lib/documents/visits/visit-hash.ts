import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from '$lib/documents/canonical';
import type { VisitDocument } from './visit-documents';

/** S15: what the desk's next visit carries as `previous`: SHA-256 of the canonical form, hex. */
export function visitHash(visit: VisitDocument): string {
  // Web Crypto is asynchronous, and IndexedDB would commit the transaction meanwhile.
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(visit))));
}
