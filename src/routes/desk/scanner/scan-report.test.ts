import { describe, expect, it } from 'vitest';
import { retyped } from '$lib/domain/code/keyboard-layouts';
import { unknownScanner } from '$lib/domain/code/scanner-profile';
import type { HeardCode } from '$lib/scanner/key-reader';
import { learned, reportOf, testText } from './scan-report';

const heard = (text: string): HeardCode => ({
  texts: [text],
  keys: text.length,
  paceMs: 12.4,
  ending: 'enter',
  isTyped: false,
});
const report = (text: string) => reportOf(heard(text), [], unknownScanner);

describe('a test scan shows', () => {
  it('a correctly configured scanner', () => {
    expect(report(testText)).toMatchObject({
      isTestCode: true,
      layout: { kind: 'right' },
      hasCapsLock: false,
    });
  });

  it.each([
    ['us', 'fi'],
    ['gb', 'fi'],
    ['de', 'us'],
    ['fr', 'fi'],
    ['fi', 'us'],
  ] as const)('a %s scanner on a %s computer', (scanner, computer) => {
    const { layout, isTestCode } = report(retyped(testText, scanner, computer));
    expect(isTestCode).toBe(true);
    expect(layout.kind).toBe('differs');
    // US and UK type this text alike.
    const alike = scanner === 'gb' ? ['us', 'gb'] : [scanner];
    expect(alike).toContain(layout.kind === 'differs' && layout.scanner);
  });

  it('Caps Lock, and an identifier of the symbology', () => {
    expect(report('tISKI-QZ_/:1')).toMatchObject({ hasCapsLock: true, isTestCode: true });
    expect(report('lr004711').hasCapsLock).toBe(false);
    expect(report(`]C0${testText}`)).toMatchObject({ symbology: 'C', isTestCode: true });
  });

  it('nothing about the keyboard, if the code has no character that tells', () => {
    expect(report('12345671').layout).toEqual({ kind: 'unknown' });
  });
});

it('what was learned is kept, and what a scan does not tell stays', () => {
  const known = learned({ ...unknownScanner, layout: 'us', wrappers: ['F*'] }, report('12345671'));
  expect(known).toEqual({ wrappers: ['F*'], uid: 'hex', layout: 'us', ending: 'enter', paceMs: 12 });
  expect(learned(known, report(testText))).not.toHaveProperty('layout');
});
