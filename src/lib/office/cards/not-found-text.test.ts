import { expect, it } from 'vitest';
import { m } from '$lib/paraglide/messages';
import { notFoundText } from './not-found-text';

const base64url = (value: unknown) => btoa(JSON.stringify(value)).replaceAll('=', '');
const signed = `${base64url({ alg: 'EdDSA' })}.${base64url({ n: '12345671' })}.c2lnbmVk`;
const compact = `112345671${'4'.repeat(188)}`;
const foreignToken = `${base64url({ alg: 'none' })}.${base64url({ sub: 'x' })}.`;

it.each([
  ['1234-5671', m.cards_unknown({ number: '1234 5671' })],
  ['12345670', m.cards_unknown_mistyped({ number: '12345670' })],
  [' 04:A2:90:00 ', m.cards_unknown_code({ code: '04:A2:90:00' })],
  [signed, m.cards_unknown_signed({ length: signed.length })],
  [compact, m.cards_unknown_signed({ length: compact.length })],
  [foreignToken, m.cards_unknown_long({ length: foreignToken.length })],
  ['x'.repeat(41), m.cards_unknown_long({ length: 41 })],
  ['🙂', m.cards_number_fault()],
])('for %j it says what was read', (text, told) => {
  expect(notFoundText(text)).toBe(told);
});
