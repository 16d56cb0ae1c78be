/** What a text that is no card looks like; for telling it on a screen without telling what must not be seen there. */
export type HeardKind = 'text' | 'signed' | 'personal-id' | 'long';

/** Longer than what somebody would read out on the telephone. */
const longest = 60;
/** Three parts in base64url, as far as wrong keyboards and Caps Lock leave them so: signed codes, and pieces of them. */
const likeSigned = /ey[ij][\w+?/-]{12,}/i;
/** henkilötunnus (asetus 690/2022): a day, a sign of the century, three digits, a check character. */
const likePersonalId = /\d{6}[-+?/A-FU-Y]\d{3}[\dA-FHJ-NPR-Y]/i;

export function heardKind(text: string): HeardKind {
  if (likeSigned.test(text)) return 'signed';
  if (likePersonalId.test(text)) return 'personal-id';
  return text.length > longest ? 'long' : 'text';
}
