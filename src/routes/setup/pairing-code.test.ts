import { expect, it } from 'vitest';
import { pairingCodeIn } from './pairing-code';

it.each([
  ['as printed', 'FH28-9PZ9'],
  ['in lower case', 'fh28 9pz9'],
  ['in the address of a QR', 'https://tiski.example/setup#code=FH28-9PZ9'],
  ['from a US scanner on a Finnish computer', 'FH28+9PZ9'],
  ['in an address, from a US scanner on a Finnish computer', 'httpsÖ--tiski.example-setup#code´FH28+9PZ9'],
  ['from a Finnish scanner on a US computer', 'FH28/9PZ9'],
  ['with an identifier of its symbology', ']Q3FH28-9PZ9'],
])('a one-time code is understood %s', (_, text) => expect(pairingCodeIn(text)).toBe('FH289PZ9'));

it.each(['', 'FH28-9PZ', 'FH28-9PZ99', 'Ö'.repeat(600)])('and %j is not one', (text) =>
  expect(pairingCodeIn(text)).toBeUndefined(),
);
