import * as v from 'valibot';
import { idOfKey, instant, keyPart } from '$lib/documents/fields';

/**
 * What a device encrypts for the office is a JSON Web Encryption in compact form (RFC 7516), whose `typ` says
 * what it is: ECDH-ES over P-256, which every Web Crypto supports, and AES-256-GCM.
 */
export const officeKeyAlgorithm = 'ECDH-ES';
export const officeEncryption = 'A256GCM';

/** JSON Web Key of a P-256 public key (RFC 7518, 6.2.1). */
export const officePublicKey = v.object({
  kty: v.literal('EC'),
  crv: v.literal('P-256'),
  x: keyPart,
  y: keyPart,
});
export type OfficePublicKey = v.InferOutput<typeof officePublicKey>;

/** `TYPE:KID`: one of the office's public keys. Each purpose has keys and a type of its own. */
export const officeKeyDocument = <const Type extends string>(type: Type) =>
  v.object({
    _id: idOfKey(type),
    type: v.literal(type),
    v: v.literal(1),
    jwk: officePublicKey,
    /** Devices encrypt for the newest one; the office can still open what was made for older ones. */
    madeAt: instant,
  });
export interface OfficeKeyDocument<Type extends string = string> {
  _id: string;
  type: Type;
  v: 1;
  jwk: OfficePublicKey;
  madeAt: string;
}
