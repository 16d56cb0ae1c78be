import { createHash, randomInt } from 'node:crypto';

/** Without 0 O 1 I L U, which are easily misread or form words. */
const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const length = 8;

export const pairingCodeLifeMs = 10 * 60_000;

/** A one-time code as it is shown, XXXX-XXXX: one of 30^8. */
export function newPairingCode(): string {
  const code = Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

/** The stored form of a code. Case, spaces and dashes don't matter; undefined for what can't be a code. */
export function pairingCodeHash(typed: string): string | undefined {
  const code = typed.toUpperCase().replace(/[\s\u2010-\u2015-]/g, '');
  if (code.length !== length || [...code].some((letter) => !alphabet.includes(letter))) return undefined;
  return createHash('sha256').update(code).digest('hex');
}
