import { readingsOf, type CodeReading } from '$lib/domain/code/code-readings';
import { readCode } from '$lib/domain/code/scan-code';
import type { ScannerProfile } from '$lib/domain/code/scanner-profile';
import type { TiskiDatabase } from './database';
import { findCard } from './register';

/** Result of trying other readings of a code. */
export type FoundReading =
  | { kind: 'found'; reading: CodeReading }
  /** Several cards are possible, so none counts. */
  | { kind: 'ambiguous' }
  | { kind: 'none' };

/**
 * R1: the one card that some reading of the scan names; else the one number or signed code that it can be
 * read as, so that the verdict says what is wrong with that. `texts` are the ways to cut it from the keys.
 */
export async function findReading(
  db: TiskiDatabase,
  texts: readonly string[],
  profile: ScannerProfile,
): Promise<FoundReading> {
  const readings = texts.flatMap((text) => readingsOf(text, profile));
  const found = await Promise.all(
    readings.map(async (reading) => ({ reading, card: await findCard(db, readCode(reading.text)) })),
  );
  const byCard = new Map<string, CodeReading>();
  for (const { reading, card } of found) {
    if (card && !byCard.has(card.number)) byCard.set(card.number, reading);
  }
  if (byCard.size > 0) return onlyOne([...byCard.values()]);
  const byNumber = new Map<string, CodeReading>();
  for (const reading of readings) {
    const code = readCode(reading.text);
    const isCode = code.kind === 'number' || code.kind === 'signed';
    if (isCode && !byNumber.has(code.number)) byNumber.set(code.number, reading);
  }
  return byNumber.size > 0 ? onlyOne([...byNumber.values()]) : { kind: 'none' };
}

function onlyOne([first, ...others]: readonly CodeReading[]): FoundReading {
  if (!first) return { kind: 'none' };
  return others.length === 0 ? { kind: 'found', reading: first } : { kind: 'ambiguous' };
}
