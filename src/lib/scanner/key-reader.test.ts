import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unknownScanner } from '$lib/domain/code/scanner-profile';
import { belongsMs, createKeyReader, forgetMs, type EndKey, type KeyReader } from './key-reader';

const startsAt = 5_000;

/** Types `text`, repeating the gaps (ms); returns when its last key was pressed. */
function type(reader: KeyReader, text: string, gaps: readonly number[], from = startsAt): number {
  let at = from;
  [...text].forEach((character, index) => {
    if (index > 0) at += gaps[(index - 1) % gaps.length] ?? 0;
    reader.character(character, at);
  });
  return at;
}

const codeOf = (end: EndKey) => (end.kind === 'heard' ? end.code : undefined);

function scanned(text: string, gaps: readonly number[], enterAfter = gaps[0] ?? 0) {
  const reader = createKeyReader(unknownScanner);
  return codeOf(reader.end('enter', type(reader, text, gaps) + enterAfter));
}

describe('K1 a scanner is heard at its Enter', () => {
  it.each([
    ['USB, 5 ms a key', [5]],
    ['Bluetooth, in clumps', [2, 2, 60, 2, 90]],
    ['51 ms', [51]],
    ['60 ms', [60]],
    ['150 ms', [150]],
    ['200 ms', [200]],
    ['a second a key', [1_000]],
  ])('%s', (_, gaps) => {
    for (const text of ['12345671', 'LR004711', 'abc', 'https://Ä.fi/?Å=ö&𝟙', 'x'.repeat(300)]) {
      expect(scanned(text, gaps)).toMatchObject({ texts: [text], ending: 'enter' });
    }
  });

  it('and when somebody presses Enter for it a while later', () => {
    for (const later of [150, 350, 900, 3_000])
      expect(scanned('LR004711', [5], later)?.texts[0]).toBe('LR004711');
  });

  it('K4 after something was left on the screen by hand, with or without it', () => {
    const reader = createKeyReader(unknownScanner);
    const left = type(reader, '2024', [180]);
    const at = type(reader, '12345671', [5], left + 700);
    expect(codeOf(reader.end('enter', at + 5))?.texts).toEqual(['202412345671', '12345671']);
  });

  it('and a text too long for a code is cut, not kept', () => {
    expect(scanned('x'.repeat(10_240), [1])?.texts[0].length).toBeLessThan(1_000);
  });
});

describe('K2 a scanner without an ending is heard by its silence', () => {
  it.each([
    ['5 ms', [5], 500],
    ['in clumps', [2, 2, 60, 2, 90], 500],
    ['55 ms', [55], 500],
    ['uneven, 100 ms', [80, 115, 95, 110], 500],
    ['200 ms', [200], 800],
  ])('%s', (_, gaps, patience) => {
    for (const text of ['12345671', 'LR004711']) {
      const reader = createKeyReader(unknownScanner);
      type(reader, text, gaps);
      expect(reader.patienceMs()).toBe(patience);
      expect(reader.silence()).toMatchObject({ kind: 'heard', code: { texts: [text], ending: 'none' } });
    }
  });

  it('later, if it is known to end its codes: a code without an end is most likely in pieces', () => {
    const reader = createKeyReader({ ...unknownScanner, ending: 'enter' });
    type(reader, 'LR00', [5]);
    expect(reader.patienceMs()).toBe(1_500);
    const learning = createKeyReader(unknownScanner);
    for (const start of [0, 10_000]) learning.end('enter', type(learning, 'LR004711', [5], start) + 5);
    type(learning, 'LR00', [5], 20_000);
    expect(learning.patienceMs()).toBe(1_500);
  });
});

describe('K2 a person', () => {
  it.each([
    ['quick, 90 ms', [70, 110, 60, 120]],
    ['with rolls', [30, 145, 70, 210]],
    ['slow', [250, 420, 300]],
  ])('%s, types a whole number without Enter, and nothing else', (_, gaps) => {
    const reader = createKeyReader(unknownScanner);
    type(reader, '12345671', gaps);
    expect(reader.silence()).toMatchObject({ kind: 'heard', code: { texts: ['12345671'], isTyped: true } });
    for (const text of ['1234', '12345617', 'LR004711']) {
      const other = createKeyReader(unknownScanner);
      type(other, text, gaps);
      expect(other.silence()).toEqual({ kind: 'unended', text });
      expect(other.typed()).toBe(text);
    }
  });

  it('takes keys back, and is recognized by that', () => {
    const reader = createKeyReader(unknownScanner);
    const at = type(reader, '123456', [5]);
    reader.erase(at + 300);
    reader.erase(at + 400);
    const end = reader.end('enter', type(reader, '5671', [5], at + 500) + 5);
    expect(codeOf(end)).toMatchObject({ texts: ['12345671'], isTyped: true });
    reader.erase(at + 9_000);
    expect(reader.typed()).toBe('');
  });

  it('who leaves half a number finds it forgotten', () => {
    const reader = createKeyReader(unknownScanner);
    const at = type(reader, '2024', [180]);
    expect(reader.end('enter', at + forgetMs + 1)).toEqual({ kind: 'alone' });
  });
});

describe('K3 an Enter that belongs to keys, or may, is not an Enter', () => {
  it('the one after a code that was heard by its silence', () => {
    const reader = createKeyReader(unknownScanner);
    const at = type(reader, '20240068', [150, 230, 180]);
    expect(reader.silence()?.kind).toBe('heard');
    for (const later of [300, 600, belongsMs - 1]) {
      expect(reader.end('enter', at + later)).toEqual({ kind: 'belongs' });
    }
    expect(reader.end('enter', at + belongsMs)).toEqual({ kind: 'alone' });
  });

  it('the second of two', () => {
    const reader = createKeyReader(unknownScanner);
    const at = type(reader, 'LR004711', [200]) + 200;
    reader.end('enter', at);
    expect(reader.end('enter', at + 200)).toEqual({ kind: 'belongs' });
    expect(reader.end('tab', at + 590)).toEqual({ kind: 'belongs' });
    expect(reader.end('enter', at + 700)).toEqual({ kind: 'alone' });
  });

  it('and the one before a code is waited for as long as its scanner takes', () => {
    const reader = createKeyReader(unknownScanner);
    expect(reader.end('enter', 0)).toEqual({ kind: 'alone' });
    expect(reader.aloneMs()).toBe(300);
    reader.end('enter', type(reader, 'LR004711', [200]) + 200);
    expect(reader.aloneMs()).toBe(400);
  });
});

describe('K1 K3 whatever the timing of the keys', () => {
  const gap = fc.oneof(
    fc.integer({ min: 0, max: 60 }),
    fc.integer({ min: 0, max: 400 }),
    fc.integer({ min: 0, max: 5_000 }),
  );
  const key = fc.oneof({ weight: 6, arbitrary: fc.constantFrom('1', '7', 'L', '-') }, fc.constant('Enter'));
  const keys = fc.array(fc.record({ key, gap }), { maxLength: 60 });

  it('no key is lost and none is heard twice; no Enter soon after a key stands alone', () => {
    fc.assert(
      fc.property(keys, (pressed) => {
        const reader = createKeyReader(unknownScanner);
        let at = 1_000;
        let lastCharacterAt = -Infinity;
        let endedAt = -Infinity;
        let typed = '';
        let heard = '';
        for (const { key: name, gap: pause } of pressed) {
          if (pause >= reader.patienceMs() && reader.typed() !== '') {
            const silence = reader.silence();
            if (silence?.kind === 'heard') heard += silence.code.texts[0];
          }
          at += pause;
          if (name === 'Enter') {
            const end = reader.end('enter', at);
            heard += codeOf(end)?.texts[0] ?? '';
            const mayBelong =
              endedAt < lastCharacterAt ? at - lastCharacterAt < belongsMs : at - endedAt < 500;
            if (mayBelong) expect(end.kind).not.toBe('alone');
            if (end.kind === 'heard') endedAt = at;
          } else {
            reader.character(name, at);
            typed += name;
            lastCharacterAt = at;
          }
        }
        expect(heard + reader.typed()).toBe(typed);
      }),
      { numRuns: 2_000 },
    );
  });

  it('a code that one scanner sends at any pace is heard whole', () => {
    const pace = fc.integer({ min: 0, max: 2_000 });
    const jitter = fc.array(fc.double({ min: 0.7, max: 1.3, noNaN: true }), { minLength: 40, maxLength: 40 });
    const code = fc.string({ unit: fc.constantFrom(...'LR0123456789-'), minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(code, pace, jitter, (text, paceMs, jitters) => {
        expect(
          scanned(
            text,
            jitters.map((factor) => factor * paceMs),
            paceMs,
          )?.texts[0],
        ).toBe(text);
      }),
    );
  });
});
