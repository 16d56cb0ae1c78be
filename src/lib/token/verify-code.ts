import { cardFromClaims } from '$lib/documents/register/card-claims';
import { keyMark, parseCompactCode, schemeMark, signedBytes } from '$lib/documents/register/compact-code';
import type { CompactCode } from '$lib/documents/register/compact-code';
import type { Signature, SignedCard } from '$lib/domain/code/signed-code';
import type { LocalDate } from '$lib/domain/time/day';

/** A key of the catalogue, as `publicKeyFromDocument` returns it. */
export interface PublicKey {
  kid: string;
  jwk: { kty: 'OKP'; crv: 'Ed25519'; x: string };
  /** Last day on which its signatures are trusted. */
  until?: LocalDate;
}

/** What a device needs to have for verifying a code. */
export interface CodeTrust {
  keys: readonly PublicKey[];
  /** Ids of the catalogue's schemes. */
  schemes: readonly string[];
}

/** What a code says, and the key that it was signed with. */
export interface VerifiedCode {
  card: SignedCard;
  key: PublicKey;
}

/**
 * R2: whether the city signed a code, checked with what the device holds. Every text gets an answer: what
 * can't be verified, here or by this browser (Ed25519 in Web Crypto: Chromium from 137, Firefox 129,
 * Safari 17), isn't genuine.
 * @param token in the compact form, or a JSON Web Signature as on the first cards
 */
export async function verifyCode(token: string, trust: CodeTrust, today: LocalDate): Promise<Signature> {
  const code = parseCompactCode(token);
  const verified = await (code ? verifyCompact(code, trust) : verifyLanded(token, trust));
  if (!verified) return { kind: 'not-genuine' };
  const { card, key } = verified;
  return { kind: 'genuine', card, isKeyExpired: key.until !== undefined && key.until < today };
}

/** Cards with the older form become fewer: only they load its library, from the precache. */
async function verifyLanded(token: string, { keys }: CodeTrust): Promise<VerifiedCode | undefined> {
  const { verifyJws } = await import('./verify-jws');
  return verifyJws(token, keys).catch(() => undefined);
}

async function verifyCompact(code: CompactCode, trust: CodeTrust): Promise<VerifiedCode | undefined> {
  const { number, validFrom, validUntil } = code;
  const scheme = schemeOf(code, trust.schemes);
  const card = cardFromClaims({ n: number, s: scheme, f: validFrom, u: validUntil });
  if (!card) return undefined;
  for (const key of trust.keys) {
    if (keyMark(key.kid) === code.key && (await isSignedWith(key, code))) return { card, key };
  }
  return undefined;
}

/** A scheme that this device doesn't have, or has two of, goes by its mark: it gives nothing here (R6). */
function schemeOf({ scheme }: CompactCode, schemes: readonly string[]): string {
  const [meant, ...others] = schemes.filter((id) => schemeMark(id) === scheme);
  return meant === undefined || others.length > 0 ? scheme : meant;
}

async function isSignedWith({ jwk }: PublicKey, { claims, signature }: CompactCode): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('jwk', jwk, 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', key, signature, signedBytes(claims));
  } catch {
    // A browser without Ed25519, or a key that is none.
    return false;
  }
}
