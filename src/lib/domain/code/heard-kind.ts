/** What a text that is not a card looks like, so that a screen can say it without showing private content. */
export type HeardKind = 'text' | 'signed' | 'personal-id' | 'long';

/** Longer than anything somebody would read out on the telephone. */
const longest = 60;
/**
 * Signed codes, and pieces of them: more digits than any other code has, or three parts in base64url, as far
 * as wrong layouts and Caps Lock leave them intact.
 */
const likeSigned = /\d{40,}|ey[ij][\w+?/-]{12,}/i;
/**
 * Finnish personal identity code (henkilötunnus, asetus 690/2022): a date, a century sign, three digits, a
 * check character.
 */
const likePersonalId = /\d{6}[-+?/A-FU-Y]\d{3}[\dA-FHJ-NPR-Y]/i;

export function heardKind(text: string): HeardKind {
  if (likeSigned.test(text)) return 'signed';
  if (likePersonalId.test(text)) return 'personal-id';
  return text.length > longest ? 'long' : 'text';
}
