import { expect, it } from 'vitest';
import { symbologiesToRead } from './symbologies';

const usual = ['qr_code', 'code_128', 'code_39', 'itf', 'ean_13', 'ean_8', 'data_matrix', 'aztec', 'pdf417'];

it('a city that has said nothing has the usual kinds read', () => {
  expect(symbologiesToRead(undefined)).toEqual(usual);
});

it('our own cards are read whatever a city chooses, and nothing that it did not choose', () => {
  expect(symbologiesToRead([])).toEqual(['qr_code', 'code_128']);
  expect(symbologiesToRead(['upc_a', 'codabar', 'qr_code'])).toEqual([
    'qr_code',
    'code_128',
    'codabar',
    'upc_a',
  ]);
});
