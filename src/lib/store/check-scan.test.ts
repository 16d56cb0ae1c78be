import { describe, expect, it } from 'vitest';
import { unknownScanner, type ScannerProfile } from '$lib/domain/code/scanner-profile';
import { aCard, cardNumber } from '../../../tests/builders';
import { aWorkingDesk, sundayMorning } from '../../../tests/paired-database';
import { checkScan, type ScannedTexts } from './check-scan';

const numbers = [1, 2, 3, 4].map(cardNumber) as [string, string, string, string];
const [one, two, three, four] = numbers;

async function aDeskWithStock() {
  const codes = new Map([
    [one, ['LR-900201']],
    [two, ['LR004711']],
    [four, ['04A29B90', '0013']],
  ]);
  const db = await aWorkingDesk(
    numbers.map((number) =>
      aCard(number, {
        codes: (codes.get(number) ?? []).map((value) => ({ kind: 'barcode', value })),
      }),
    ),
  );
  return (texts: ScannedTexts, profile: Partial<ScannerProfile> = {}) =>
    checkScan(
      db,
      { texts, service: 'swim' },
      {
        now: () => sundayMorning,
        signatureOf: () => Promise.resolve(undefined),
        profile: { ...unknownScanner, ...profile },
      },
    );
}

describe('R1 K5 what a scanner did to a code is undone', () => {
  it.each([
    ['a code as it is', ['LR-900201'], {}, one, []],
    ['a US scanner', ['LR+900201'], {}, one, ['layout']],
    ['an identifier of the symbology', [']C1LR004711'], {}, two, ['wrapper']],
    ['an identifier before a number', [`]C1${one}`], {}, one, ['wrapper']],
    ['Caps Lock', ['lr004711'], {}, two, ['caps-lock']],
    ['a wrapper of the desk', ['F0LR004711#'], { wrappers: ['F?*#'] }, two, ['wrapper']],
    ['a decimal UID', ['0077765520'], { uid: 'decimal' }, four, ['uid']],
    ['something left by hand before a scan', ['2024LR004711', 'LR004711'], {}, two, []],
    ['a pause within a number', [one, one.slice(3)], {}, one, []],
  ] as const)('%s', async (_, texts, profile, card, mends) => {
    const scan = await aDeskWithStock();
    const checked = await scan(texts as unknown as ScannedTexts, profile as Partial<ScannerProfile>);
    expect(checked.check.card?.number).toBe(card);
    expect(checked.mends.map(({ kind }) => kind)).toEqual(mends);
  });

  it('K4 but if two cards could be meant, neither is', async () => {
    const scan = await aDeskWithStock();
    const checked = await scan([three, '0013']);
    expect(checked).toMatchObject({ isAmbiguous: true, check: { verdict: { reason: 'not-a-card' } } });
    expect(checked.check.card).toBeUndefined();
  });

  it('and what is nobody’s stays so', async () => {
    const scan = await aDeskWithStock();
    expect(await scan(['LR+1'])).toMatchObject({ mends: [], check: { verdict: { reason: 'not-a-card' } } });
    const unknown = await scan([`]C1${cardNumber(9)}`]);
    expect(unknown).toMatchObject({ check: { verdict: { reason: 'unknown-card' } } });
  });
});
