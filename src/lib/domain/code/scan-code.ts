import { isCardNumber } from '$lib/domain/visit/card-number';

/** What a scanned or typed text can be, before the register is asked. */
export type ScannedCode =
  | { kind: 'number'; number: string }
  /** R2: claims to be signed by the city; `number` is only a claim until the signature has been verified. */
  | { kind: 'signed'; token: string; number: string }
  /** Something else that imported card stock may carry: looked up among the register's codes. */
  | { kind: 'other'; value: string }
  /** Too long, empty or with control characters: no card carries it. */
  | { kind: 'impossible' };

/** Longest code of an imported card stock, in UTF-16 units. */
export const maxCodeLength = 128;
/** Longest text that is considered: signed codes are longer than those of imported stock. */
export const maxScannedLength = 4 * maxCodeLength;

// Control, format, private-use and unassigned characters, and emoji: no card stock prints them.
const impossibleCharacters = /[\p{C}\p{Extended_Pictographic}]/u;

/**
 * R2: the form, the card's number, other claims and the signature, all in digits
 * (documents/register/compact-code.ts). It is longer than any other code.
 */
const compactCode = /^1(\d{8})\d{188}$/;
/** A JSON Web Signature in its compact form, as on the first cards: three parts in base64url. */
const compactJws = /^[\w-]+\.([\w-]+)\.[\w-]+$/;

/** R2: the card number that a signed code claims; undefined if it isn't one of our signed codes. */
function claimedNumber(text: string): string | undefined {
  const number = compactCode.exec(text)?.[1] ?? claimOfJws(text);
  return typeof number === 'string' && isCardNumber(number) ? number : undefined;
}

function claimOfJws(text: string): unknown {
  const payload = compactJws.exec(text)?.[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/')));
    return typeof claims === 'object' && claims !== null && 'n' in claims ? claims.n : undefined;
  } catch {
    return undefined;
  }
}

/** Classifies the text of any scanner. Total: every input is one of four kinds (R1). */
export function readCode(text: string): ScannedCode {
  if (text.length > maxScannedLength) return { kind: 'impossible' };
  const trimmed = text.trim();
  const claimed = claimedNumber(trimmed);
  if (claimed !== undefined) return { kind: 'signed', token: trimmed, number: claimed };
  const digits = trimmed.replace(/[\s-]/g, '');
  if (isCardNumber(digits)) return { kind: 'number', number: digits };
  if (trimmed === '' || trimmed.length > maxCodeLength) return { kind: 'impossible' };
  if (impossibleCharacters.test(trimmed)) return { kind: 'impossible' };
  return { kind: 'other', value: trimmed };
}
