import { describe, expect, it } from 'vitest';
import { readingsOf } from './code-readings';
import { keyboardLayouts, retyped, type KeyboardLayout } from './keyboard-layouts';
import { readCode } from './scan-code';
import { uidInHex, unknownScanner, unwrapped, wrapperFault, type ScannerProfile } from './scanner-profile';

const textsOf = (text: string, profile: Partial<ScannerProfile> = {}) =>
  readingsOf(text, { ...unknownScanner, ...profile }).map((reading) => reading.text);

describe('R1 a code is understood', () => {
  it.each([
    ['as it is, first of all', 'LR004711', 'LR004711'],
    ['from a US scanner on a Finnish computer', 'LR+900201', 'LR-900201'],
    ['from a Finnish scanner on a US computer', 'LR/900201', 'LR-900201'],
    ['from a French scanner on a Finnish computer', '!"#¤%&/(', '12345678'],
    ['with an AIM identifier', ']C1LR004711', 'LR004711'],
    ['with an AIM identifier of a US scanner', '¨C1LR004711', 'LR004711'],
    ['with Code 39’s stars', '*LR004711*', 'LR004711'],
    ['with Codabar’s letters', 'A12345671B', '12345671'],
    ['from a magnetic stripe', ';12345671?', '12345671'],
    ['between control characters', '\u000212345671\u0003', '12345671'],
    ['with Caps Lock', 'lr004711', 'LR004711'],
    ['with Caps Lock, signed', 'EYj.AbC-_d', 'eyJ.aBc-_D'],
  ])('%s', (_, heard, meant) => expect(textsOf(heard)).toContain(meant));

  it.each([
    ['in the desk’s own wrapper', { wrappers: ['F?*#'] }, 'F0LR1#', 'LR1'],
    ['in the desk’s own wrapper, as a UID', { wrappers: ['U*'], uid: 'decimal' }, 'U0077765520', '04A29B90'],
    ['by a reader that types decimals', { uid: 'decimal' }, '0077765520', '04A29B90'],
    [
      'by a reader that types decimals of reversed bytes',
      { uid: 'decimal-reversed' },
      '2425070084',
      '04A28B90',
    ],
    ['by a reader that types reversed bytes', { uid: 'hex-reversed' }, '90 9b A2 04', '04A29b90'],
    ['by the desk’s layout where letters alone changed', { layout: 'de' }, 'LZ0099', 'LY0099'],
  ] as const)('%s', (_, profile, heard, meant) => expect(textsOf(heard, profile)).toContain(meant));

  it('and never as another card’s without a sign that it was changed', () => {
    expect(textsOf('LZ0099')).toEqual(['LZ0099']);
    expect(textsOf('12345671')).toEqual(['12345671']);
    expect(textsOf('AbC')).toEqual(['AbC']);
  });

  it('in a bounded number of ways', () => {
    expect(textsOf(`]C1*;a+?_/-%${'&'.repeat(500)}?*`).length).toBeLessThanOrEqual(60);
  });
});

describe('R2 a signed code in digits', () => {
  const code = `112345671${'4810967523'.repeat(18)}01234567`;
  const signedAmong = (text: string) => textsOf(text).filter((each) => readCode(each).kind === 'signed');

  it.each(keyboardLayouts)('from a %s scanner is understood on a Finnish and on a US computer', (scanner) => {
    // The keys that the code has in the scanner's layout.
    const typed = (computer: KeyboardLayout) => retyped(code, scanner, computer);
    expect([signedAmong(typed('fi')), signedAmong(typed('us'))]).toEqual([[code], [code]]);
  });

  it('is understood behind an AIM identifier, and has no letters for Caps Lock to change', () => {
    expect(signedAmong(`]Q1${code}`)).toEqual([code]);
    expect(textsOf(code)).toEqual([code]);
  });
});

describe('the desk’s own wrapper', () => {
  it.each([
    ['F*#', undefined],
    ['*', 'nothing-around'],
    ['F#', 'no-code'],
    ['*x*', 'no-code'],
    [`${'x'.repeat(60)}*`, 'too-long'],
  ] as const)('%s', (wrapper, fault) => expect(wrapperFault(wrapper)).toBe(fault));

  it('rejects text that doesn’t fit it, and text with nothing inside', () => {
    expect(unwrapped('G1#', 'F*#')).toBeUndefined();
    expect(unwrapped('F#', 'F*#')).toBeUndefined();
    expect(unwrapped('F1#', 'F*#')).toBe('1');
  });
});

describe('a UID typed in another form', () => {
  it('is left alone if it can’t be one', () => {
    expect(uidInHex('LR1', 'decimal')).toBeUndefined();
    expect(uidInHex('9'.repeat(25), 'decimal')).toBeUndefined();
    expect(uidInHex('04A29', 'hex-reversed')).toBeUndefined();
    expect(uidInHex('04A29B90', 'hex')).toBeUndefined();
  });

  it('of seven bytes', () => expect(uidInHex('1304639266076816', 'decimal')).toBe('04A2900003B890'));
});
