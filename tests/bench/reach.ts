import { addDays } from '../../src/lib/domain/time/day';
import type { SignedCard } from '../../src/lib/domain/code/signed-code';
import { makeSigningKey, signCode } from '../../src/server/keys/signing-key';
import { cardNumber } from '../builders';
import { signLandedCode } from '../landed-code';
import { withBench } from './bench-page';
import type {} from './page/main';
import type { Seen } from './page/reach';
import type { BenchSize } from './sizes';
import { count, times, type BenchTable } from './table';

/**
 * R2: from how far away the two forms of a signed code are read, printed at the same size and filmed by the
 * same camera: films with the code smaller and smaller in the picture, sharp, with blur and with noise, given
 * to the app's own reader.
 */
const sizes: Record<BenchSize, { frames: number; step: number }> = {
  tiny: { frames: 2, step: 0.2 },
  usual: { frames: 8, step: 0.03 },
  full: { frames: 24, step: 0.015 },
};

const views: (Seen & { name: string })[] = [
  { name: 'sharp', blur: 0, noise: 0 },
  { name: 'noise', blur: 0, noise: 12 },
  { name: 'blur', blur: 1, noise: 0 },
  { name: 'blur and noise', blur: 1, noise: 12 },
];

/** A card's code with its quiet zone, as printed, and a usual camera: 1280 pixels across 60 degrees. */
const printedMm = 44;
const focalLength = 1280 / 2 / Math.tan(Math.PI / 6);
const centimetres = (width: number) => `${count((printedMm * focalLength) / width / 10)} cm`;

export function reach(size: BenchSize): Promise<BenchTable[]> {
  return withBench(async ({ openPage }) => {
    const { landed, compact } = await codesOfCards();
    const page = await openPage();
    page.setDefaultTimeout(0);
    const smallest = async (texts: string[], { blur, noise }: Seen) => {
      const film = { texts, blur, noise, ...sizes[size] };
      const width = await page.evaluate((shown) => bench.smallestRead(shown), film);
      if (width === undefined)
        throw new Error(`Not even large codes of ${texts[0]?.length} characters are read.`);
      return width;
    };
    const rows: string[][] = [];
    for (const view of views) {
      const [first, now] = [await smallest(landed, view), await smallest(compact, view)];
      const near = [count(first), centimetres(first)];
      rows.push([view.name, ...near, count(now), centimetres(now), times(first / now)]);
    }
    return [
      {
        title: 'How far a signed code is read, printed at one size',
        columns: ['View', 'First cards, px', 'Up to', 'Now, px', 'Up to', 'As far'],
        rows,
        notes: [`Codes of ${landed[0]?.length} and ${compact[0]?.length} characters.`],
      },
    ];
  });
}

/** The same cards in both forms. */
async function codesOfCards(): Promise<{ landed: string[]; compact: string[] }> {
  const key = await makeSigningKey('2026-11-24');
  const cards = Array.from({ length: 4 }, (_, index): SignedCard => {
    const validFrom = addDays('2026-11-24', index);
    const scheme = 'hyvinvointikortti';
    return { number: cardNumber(2_024_901 + index), scheme, validFrom, validUntil: addDays(validFrom, 364) };
  });
  const landed = await Promise.all(cards.map((card) => signLandedCode(card, key)));
  return { landed, compact: cards.map((card) => signCode(card, key)) };
}
