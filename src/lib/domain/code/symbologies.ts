/** Kinds of codes that a camera can be asked for, by their names in the Barcode Detection API. */
export const symbologies = [
  'qr_code',
  'code_128',
  'code_39',
  'code_93',
  'codabar',
  'itf',
  'ean_13',
  'ean_8',
  'upc_a',
  'upc_e',
  'data_matrix',
  'aztec',
  'pdf417',
] as const;
export type Symbology = (typeof symbologies)[number];

/** Those on the cards that we print: always read. */
export const ownSymbologies: readonly Symbology[] = ['qr_code', 'code_128'];

/**
 * What a camera reads until the city says which kinds its cards carry: ours, and those common on imported
 * stock.
 */
const usualSymbologies: readonly Symbology[] = [
  ...ownSymbologies,
  'code_39',
  'ean_13',
  'ean_8',
  'itf',
  'data_matrix',
  'aztec',
  'pdf417',
];

/** What a camera should read if a city has chosen these kinds; undefined: it has not chosen. */
export function symbologiesToRead(chosen: readonly Symbology[] | undefined): Symbology[] {
  const wanted = chosen ? [...ownSymbologies, ...chosen] : usualSymbologies;
  return symbologies.filter((each) => wanted.includes(each));
}
