/** Symbologies by the letter of their AIM identifier (ISO/IEC 15424). */
const names = new Map([
  ['A', 'Code 39'],
  ['C', 'Code 128'],
  ['E', 'EAN/UPC'],
  ['F', 'Codabar'],
  ['G', 'Code 93'],
  ['I', 'ITF'],
  ['L', 'PDF417'],
  ['Q', 'QR'],
  ['d', 'Data Matrix'],
  ['e', 'GS1 DataBar'],
  ['z', 'Aztec'],
]);

/** A name, or the identifier's own letter. */
export const symbologyName = (letter: string): string => names.get(letter) ?? letter;
