import { expect, it } from 'vitest';
import { explainGaps } from './desk-gaps';

const gap = (from: number, to: number) => ({ from, to });

it.each([
  ['nothing is missing', { last: 50, gaps: [], unsent: [], lastNumber: 50 }, []],
  [
    'a gap that the desk has waiting is none',
    { last: 50, gaps: [gap(41, 43)], unsent: [gap(41, 43)], lastNumber: 50 },
    [],
  ],
  ['what nobody has is lost', { last: 50, gaps: [gap(41, 43)], unsent: [], lastNumber: 50 }, [gap(41, 43)]],
  [
    'a part of a gap waits',
    { last: 50, gaps: [gap(41, 45)], unsent: [gap(43, 43)], lastNumber: 50 },
    [gap(41, 42), gap(44, 45)],
  ],
  ['the end waits', { last: 50, gaps: [], unsent: [gap(51, 60)], lastNumber: 60 }, []],
  ['the end is lost', { last: 50, gaps: [], unsent: [gap(55, 60)], lastNumber: 60 }, [gap(51, 54)]],
  ['nothing arrived, all waits', { last: 0, gaps: [], unsent: [gap(1, 9)], lastNumber: 9 }, []],
  [
    'logged after the last report',
    { last: 70, gaps: [gap(59, 62)], unsent: [], lastNumber: 60 },
    [gap(59, 60)],
  ],
  ['a desk that never reported', { last: 50, gaps: [gap(2, 3)], unsent: [] }, [gap(2, 3)]],
  ['a device that began anew from 1', { last: 50, gaps: [gap(2, 3)], unsent: [], lastNumber: 0 }, []],
])('S15 %s', (_, facts, lost) => {
  expect(explainGaps(facts)).toEqual(lost);
});
