import { describe, expect, it } from 'vitest';
import { clockFindings, zoneFindings, type ClockReading } from './clock-check';
import { fileSystemFinding, spaceFinding } from './disk-check';
import { nodeFindings } from './node-check';

describe('Node.js', () => {
  it.each([
    ['20.19.0', 'good'],
    ['22.0.0', 'good'],
    ['20.18.3', 'bad'],
    ['9.99.0', 'bad'],
  ])('%s is %s if >=20.19 is required', (version, state) => {
    expect(nodeFindings(version, '>=20.19')).toMatchObject([{ state }]);
  });

  it('a range that is not understood is reported', () => {
    expect(nodeFindings('20.19.0', '^20 || 22')).toMatchObject([{ state: 'not-checked' }]);
  });
});

describe('the disk', () => {
  it.each([
    [50e9, 100e9, 'good'],
    [9e9, 100e9, 'warning'],
    [0.9e9, 2e9, 'warning'],
    [0.09e9, 2e9, 'bad'],
  ])('%d free of %d bytes is %s', (freeBytes, totalBytes, state) => {
    expect(spaceFinding({ freeBytes, totalBytes }).state).toBe(state);
  });

  it.each([
    ['ext4', 0xef53, 'good'],
    ['NFS', 0x6969, 'bad'],
    ['CIFS', 0xff534d42, 'bad'],
    ['CIFS with a sign', 0xff534d42 | 0, 'bad'],
    ['FUSE', 0x65735546, 'warning'],
    ['memory', 0x01021994, 'warning'],
    ['a container layer', 0x794c7630, 'warning'],
  ])('%s: %d', (_name, kind, state) => {
    expect(fileSystemFinding(kind).state).toBe(state);
  });
});

describe('the clock', () => {
  const at = Date.parse('2026-11-30T12:00:00.500Z');
  const reading = (date: string | undefined, more: Partial<ClockReading> = {}): ClockReading => ({
    name: 'https://tiski.example.fi',
    date,
    askedAt: at - 20,
    answeredAt: at + 20,
    isHere: false,
    ...more,
  });

  it.each([
    ['Mon, 30 Nov 2026 12:00:00 GMT', 'good', 'agree'],
    ['Mon, 30 Nov 2026 12:00:02 GMT', 'good', 'agree'],
    ['Mon, 30 Nov 2026 12:00:03 GMT', 'warning', '3 s ahead of'],
    ['Mon, 30 Nov 2026 11:59:01 GMT', 'warning', '59 s behind'],
    ['Mon, 30 Nov 2026 12:01:01 GMT', 'bad', '61 s ahead of'],
  ])('%s is %s', (date, state, says) => {
    const [finding, ...others] = clockFindings([reading(date)]);
    expect(others).toEqual([]);
    expect(finding?.state).toBe(state);
    expect(finding?.says).toContain(says);
  });

  it('this machine’s own clock shows nothing, except a difference', () => {
    const here = { isHere: true };
    expect(clockFindings([reading('Mon, 30 Nov 2026 12:00:00 GMT', here)])).toMatchObject([
      { state: 'not-checked' },
    ]);
    expect(clockFindings([reading('Mon, 30 Nov 2026 12:05:00 GMT', here)])).toMatchObject([{ state: 'bad' }]);
    expect(clockFindings([reading(undefined)])).toMatchObject([{ state: 'not-checked' }]);
  });

  it('this Node.js knows the city’s time zone', () => {
    expect(zoneFindings()).toMatchObject([{ state: 'good' }]);
  });
});
