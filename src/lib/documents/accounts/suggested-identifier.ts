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
