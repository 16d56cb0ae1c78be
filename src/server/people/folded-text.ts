/** Text as it is searched: lower case, without accents and signs, one space between words. */
export const foldedText = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}@.+]+/gu, ' ')
    .trim();

/** A telephone number as its digits, with Finland's prefix as the leading zero. */
export const foldedPhone = (text: string): string => text.replace(/[^\d+]/g, '').replace(/^(\+|00)358/, '0');
