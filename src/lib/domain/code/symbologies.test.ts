import { expect, it } from 'vitest';
import { symbologiesToRead } from './symbologies';

const usual = ['qr_code', 'code_128', 'code_39', 'itf', 'ean_13', 'ean_8', 'data_matrix', 'aztec', 'pdf417'];

it('without a choice by the city the usual kinds are read', () => {
  expect(symbologiesToRead(undefined)).toEqual(usual);
});

it('our own cards are always read, and apart from them only what the city chose', () => {
  expect(symbologiesToRead([])).toEqual(['qr_code', 'code_128']);
  expect(symbologiesToRead(['upc_a', 'codabar', 'qr_code'])).toEqual([
    'qr_code',
    'code_128',
    'codabar',
    'upc_a',
  ]);
});
