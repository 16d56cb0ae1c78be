/** An identifier from what people write: `Länsi-Uudenmaan työpaja ry` is `lansi-uudenmaan-tyopaja-ry`. */
export function suggestedIdentifier(text: string): string {
  const plain = text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 64)
    .replace(/^-+|-+$/g, '');
}

const longestFree = 60;

/** An identifier for a name, unlike those that are taken. @param otherwise for a name without a letter of ours */
export function freeIdentifier(text: string, taken: ReadonlySet<string>, otherwise: string): string {
  const first = suggestedIdentifier(text) || otherwise;
  if (!taken.has(first)) return first;
  const stem = first.slice(0, longestFree);
  let number = 2;
  while (taken.has(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}
