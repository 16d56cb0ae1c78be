import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { SignedCard } from '$lib/domain/code/signed-code';
import type { LocalDate } from '$lib/domain/time/day';

/**
 * R2: the compact form of a signed code is 197 decimal digits (docs/decisions/0025): the form, the card's
 * number, a mark of its scheme, its first and last valid day, a mark of the key, and the signature. Every part
 * has a fixed width, so one card and one signature have exactly one text.
 */
const compactCode = /^(1(\d{8})(\d{12})(\d{8})(\d{8})(\d{5}))(\d{155})$/;
const form = '1';
const schemeDigits = 12;
const keyDigits = 5;
/** The highest number of 64 bytes has as many. */
const signatureDigits = 155;
const signatureBytes = 64;

/** What a compact code claims; nothing of it is checked but the form. */
export interface CompactCode {
  /** All digits that are signed. */
  claims: string;
  number: string;
  scheme: string;
  validFrom: LocalDate;
  validUntil: LocalDate;
  key: string;
  signature: Uint8Array<ArrayBuffer>;
}

/** Total: undefined for any other text. */
export function parseCompactCode(text: string): CompactCode | undefined {
  const [whole, claims = '', number = '', scheme = '', from = '', until = '', key = '', digits = ''] =
    compactCode.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const signature = new Uint8Array(signatureBytes);
  let rest = BigInt(digits);
  for (let place = signatureBytes - 1; place >= 0; place -= 1) {
    signature[place] = Number(rest & 255n);
    rest >>= 8n;
  }
  if (rest > 0n) return undefined;
  return { claims, number, scheme, validFrom: dayOf(from), validUntil: dayOf(until), key, signature };
}

/** The digits of a card that are signed with a key. */
export const compactClaims = ({ number, scheme, validFrom, validUntil }: SignedCard, kid: string): string =>
  [form, number, schemeMark(scheme), digitsOf(validFrom), digitsOf(validUntil), keyMark(kid)].join('');

/** A whole code, from its claims and the 64 bytes of their signature. */
export function compactCodeOf(claims: string, signature: Uint8Array): string {
  let number = 0n;
  for (const byte of signature) number = 256n * number + BigInt(byte);
  return claims + String(number).padStart(signatureDigits, '0');
}

/** What is signed says what it is for: no other signature of the same key begins like this (a JWS has no space). */
export const signedBytes = (claims: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(utf8ToBytes(`tiski card code ${claims}`));

/** Stands for a scheme's id, which is too long for a small code. */
export const schemeMark = (id: string): string => markOf(id, schemeDigits);

/** Says which keys are worth trying. */
export const keyMark = (kid: string): string => markOf(kid, keyDigits);

/** So many decimal digits of the beginning of the name's SHA-256: 48 bits, which a number holds. */
function markOf(name: string, digits: number): string {
  const beginning = sha256(utf8ToBytes(name)).subarray(0, 6);
  const number = beginning.reduce((sum, byte) => 256 * sum + byte, 0);
  return String(number % 10 ** digits).padStart(digits, '0');
}

const digitsOf = (date: LocalDate): string => date.replaceAll('-', '');
const dayOf = (digits: string): LocalDate => digits.replace(/(....)(..)/, '$1-$2-');
