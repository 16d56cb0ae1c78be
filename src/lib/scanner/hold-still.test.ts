import { describe, expect, it } from 'vitest';
import { createHoldStill, type SightingEvent } from './hold-still';

const frameMs = 80;

/** Shows each of `frames` to a fresh watcher, 80 ms apart, and says what it reported. */
function show(frames: readonly (readonly string[])[]): SightingEvent[] {
  const watcher = createHoldStill();
  return frames.flatMap((codes, index) => watcher.see(codes, index * frameMs) ?? []);
}

const during = (ms: number, ...codes: string[]) =>
  Array.from({ length: Math.ceil(ms / frameMs) }, () => codes);
const scanOf = (text: string): SightingEvent => ({ kind: 'scan', text });
const twoCodes: SightingEvent = { kind: 'two-codes' };

describe('a code in view', () => {
  it('counts in the very first frame', () => {
    expect(createHoldStill().see(['A'], 1_000)).toEqual(scanOf('A'));
  });

  it('held still for a minute is one scan', () => {
    expect(show(during(60_000, 'A'))).toEqual([scanOf('A')]);
  });

  it('held unsteadily, unread for up to two seconds at a time, is still one scan', () => {
    const unsteady = [...during(400, 'A'), ...during(2_000)];
    expect(show(Array.from({ length: 20 }, () => unsteady).flat())).toEqual([scanOf('A')]);
  });

  it('counts again after 2.5 seconds out of view', () => {
    const watcher = createHoldStill();
    watcher.see(['A'], 0);
    expect(watcher.see(['A'], 2_499)).toBeUndefined();
    expect(watcher.see(['A'], 2_499 + 2_500)).toEqual(scanOf('A'));
  });

  it('counts at once if it is another one', () => {
    expect(show([['A'], ['B'], ['A'], ['B']])).toEqual([scanOf('A'), scanOf('B')]);
  });

  it('read twice in one frame is one code', () => {
    expect(show([['A', 'A']])).toEqual([scanOf('A')]);
  });

  it('of 10,000 characters is passed on: the domain refuses it', () => {
    const long = 'x'.repeat(10_000);
    expect(show([[long]])).toEqual([scanOf(long)]);
  });
});

describe('two codes in view', () => {
  it('are not a scan, and are reported once', () => {
    expect(show(during(60_000, 'A', 'B'))).toEqual([twoCodes]);
  });

  it('the one that stays alone counts after half a second', () => {
    const watcher = createHoldStill();
    watcher.see(['A', 'B'], 0);
    expect(watcher.see(['A', 'B'], 80)).toEqual(twoCodes);
    expect(watcher.see(['A'], 160)).toBeUndefined();
    expect(watcher.see(['A'], 579)).toBeUndefined();
    expect(watcher.see(['A'], 580)).toEqual(scanOf('A'));
  });

  it('are not a scan of the one that is easier to read', () => {
    const flickering = [...during(160, 'A', 'B'), ...during(240, 'A')];
    expect(show(Array.from({ length: 50 }, () => flickering).flat())).toEqual([twoCodes]);
  });

  it('in a single frame are a misreading, not a warning', () => {
    expect(show([['A', 'false'], ...during(1_000, 'A')])).toEqual([scanOf('A')]);
  });

  it('are reported again when they come again', () => {
    const twice = [...during(800, 'A', 'B'), ...during(800), ...during(800, 'A', 'B')];
    expect(show(twice)).toEqual([twoCodes, twoCodes]);
  });
});

describe('while not listening', () => {
  it('a reported code that stays in view is not a second scan', () => {
    const watcher = createHoldStill();
    watcher.see(['A'], 0);
    for (let at = 80; at < 20_000; at += 80) expect(watcher.see(['A'], at, false)).toBeUndefined();
    expect(watcher.see(['A'], 20_000)).toBeUndefined();
  });

  it('a new code waits, and counts as soon as we listen', () => {
    const watcher = createHoldStill();
    expect(watcher.see(['A'], 0, false)).toBeUndefined();
    expect(watcher.see(['A'], 80)).toEqual(scanOf('A'));
  });
});

describe('a card with two codes', () => {
  const number = '12345671';
  const landed = `e30.${btoa(JSON.stringify({ n: number })).replace(/=+$/, '')}.c2ln`;
  const compact = `1${number}${'4'.repeat(188)}`;

  it.each([
    ['in digits', compact],
    ['as the first cards have it', landed],
  ])(
    'R2 is one card: its signed code %s and its number in view together or in turn are one scan',
    (_, signed) => {
      expect(show(during(2_000, number, signed))).toEqual([scanOf(signed)]);
      expect(show([[number], [signed, number], [signed], [number]])).toEqual([scanOf(number)]);
    },
  );

  it('beside another card it is two', () => {
    expect(show(during(2_000, '2024 0016'.replace(' ', ''), compact))).toEqual([twoCodes]);
  });
});
