import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyboardLayouts, retyped } from './keyboard-layouts';

describe('a scanner set to another keyboard layout than the computer', () => {
  it.each([
    ['us', 'fi', 'LR+900201', 'LR-900201'],
    ['us', 'fi', 'a?b+c.d', 'a_b-c.d'],
    ['us', 'fi', 'httpsÖ--city.fi', 'https://city.fi'],
    ['us', 'fi', '04ÖA2Ö90', '04:A2:90'],
    ['fi', 'us', 'LR/900201', 'LR-900201'],
    ['de', 'us', 'zx=1', 'yx´1'],
    ['fr', 'fi', '!"#¤', '1234'],
    ['fi', 'fr', '&é"\'', '1234'],
  ] as const)('%s scanner, %s computer: %s was %s', (scanner, computer, heard, meant) => {
    expect(retyped(heard, computer, scanner)).toBe(meant);
  });

  it('leaves letters and digits of US and Finnish keyboards as they are', () => {
    const plain = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
    expect(retyped(plain, 'fi', 'us')).toBe(plain);
    expect(retyped(plain, 'us', 'fi')).toBe(plain);
  });

  it('is undone by reading it the other way, if each character has one key', () => {
    const layout = fc.constantFrom(...keyboardLayouts);
    const text = fc.stringMatching(/^[a-zA-Z0-9]{1,20}$/);
    fc.assert(
      fc.property(text, layout, layout, (meant, computer, scanner) => {
        expect(retyped(retyped(meant, scanner, computer), computer, scanner)).toBe(meant);
      }),
    );
  });
});
