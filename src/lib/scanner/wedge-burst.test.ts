import { describe, expect, it } from 'vitest';
import { addKey, isMachineBurst, isScannerBurst, type Burst } from './wedge-burst';

/** Types `text` with the gaps (ms) repeated over and over; the burst after the last key. */
function type(text: string, ...gaps: number[]): Burst | undefined {
  let burst: Burst | undefined;
  let at = 5_000;
  [...text].forEach((character, index) => {
    if (index > 0) at += gaps[(index - 1) % gaps.length] ?? 0;
    burst = addKey(burst, character, at);
  });
  return burst;
}

const endsScan = (burst: Burst | undefined, afterMs = 10) =>
  isScannerBurst(burst, (burst?.lastAt ?? 0) + afterMs);

describe('a scanner', () => {
  it.each([
    ['USB, 4 ms a key', [4]],
    ['slow USB, 16 ms', [16]],
    ['Bluetooth, in clumps', [2, 2, 60, 2, 90]],
    ['Bluetooth, 45 ms', [45]],
  ])('%s, is recognised at Enter', (_, gaps) => {
    const burst = type('12345671', ...gaps);
    expect(endsScan(burst)).toBe(true);
    expect(burst?.text).toBe('12345671');
  });

  it('without Enter is recognised by speed alone', () => {
    expect(isMachineBurst(type('12345671', 12))).toBe(true);
  });

  it('sends shifted, Finnish and astral characters as they are', () => {
    const text = 'https://Ä.fi/?Å=ö&𝟙';
    const burst = type(text, 8);
    expect(burst?.text).toBe(text);
    expect(burst?.keys).toBe([...text].length);
  });

  it('sends 4,296 characters in one piece', () => {
    expect(type('x'.repeat(4_296), 3)?.text).toHaveLength(4_296);
  });
});

describe('a person', () => {
  it.each([
    ['quick typist, 90 ms', [90]],
    ['typist with rolls', [55, 95, 70]],
    ['slow, 250 ms', [250]],
  ])('%s, is never a scanner', (_, gaps) => {
    const burst = type('12345671', ...gaps);
    expect(endsScan(burst)).toBe(false);
    expect(isMachineBurst(burst)).toBe(false);
  });

  it('rolling four fingers over a PIN is not a scan without Enter', () => {
    expect(isMachineBurst(type('1234', 38))).toBe(false);
  });

  it('pressing one key, or three, and Enter is not a scan', () => {
    expect(endsScan(type('k', 1))).toBe(false);
    expect(endsScan(type('abc', 5))).toBe(false);
    expect(endsScan(undefined)).toBe(false);
  });

  it('pressing Enter a while after the last key is not the scanner’s Enter', () => {
    expect(endsScan(type('12345671', 10), 101)).toBe(false);
  });
});

it('a key typed before the scan is not part of the code', () => {
  expect(addKey(type('7', 0), '1', 5_101).text).toBe('1');
});
