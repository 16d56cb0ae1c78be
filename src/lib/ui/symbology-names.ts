import type { Symbology } from '$lib/domain/code/symbologies';

/** Proper names, the same in every language. */
export const symbologyNames: Record<Symbology, string> = {
  qr_code: 'QR',
  code_128: 'Code 128',
  code_39: 'Code 39',
  code_93: 'Code 93',
  codabar: 'Codabar',
  itf: 'ITF (Interleaved 2 of 5)',
  ean_13: 'EAN-13',
  ean_8: 'EAN-8',
  upc_a: 'UPC-A',
  upc_e: 'UPC-E',
  data_matrix: 'Data Matrix',
  aztec: 'Aztec',
  pdf417: 'PDF417',
};
