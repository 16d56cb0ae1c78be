import type { Mend } from '$lib/domain/code/code-readings';
import { readCode, type ScannedCode } from '$lib/domain/code/scan-code';
import type { ScannerProfile } from '$lib/domain/code/scanner-profile';
import type { Signature } from '$lib/domain/code/signed-code';
import type { Instant } from '$lib/domain/time/day';
import { checkVisit, type VisitCheck } from './check-visit';
import type { TiskiDatabase } from './database';

/**
 * What came from a scanner: the ways to cut it from the keys, or the one text that a camera or a tag gave.
 */
export type ScannedTexts = readonly [string, ...string[]];

export interface CheckedScan {
  check: VisitCheck;
  /** What the scanner had done to the code; empty if it arrived as printed. */
  mends: readonly Mend[];
  /** It could be read as the codes of several cards, so it counts as none of them. */
  isAmbiguous: boolean;
}

interface CheckOptions {
  /** Device clock, ms. */
  now: () => Instant;
  /** R2: result of verifying a signed code's signature. */
  signatureOf: (code: ScannedCode) => Promise<Signature | undefined>;
  profile: ScannerProfile;
}

/**
 * Decides a scan. A code that is a card's as it is takes one read; only other texts are tried in other
 * readings (R1).
 * @throws as `checkVisit`
 */
export async function checkScan(
  db: TiskiDatabase,
  scan: { texts: ScannedTexts; service: string },
  { now, signatureOf, profile }: CheckOptions,
): Promise<CheckedScan> {
  const { texts, service } = scan;
  const checkText = async (text: string) => {
    const code = readCode(text);
    const signature = await signatureOf(code);
    return checkVisit(db, { text, code, service, ...(signature && { signature }) }, now());
  };
  const [whole, ...parts] = texts;
  const asItIs = await checkText(whole);
  const plain: CheckedScan = { check: asItIs, mends: [], isAmbiguous: false };
  if (parts.length === 0 && !isNobodys(asItIs)) return plain;
  // Most codes are cards as they are: the first that isn't loads the rest of the code, from the precache.
  const { findReading } = await import('./find-reading');
  const found = await findReading(db, texts, profile);
  switch (found.kind) {
    case 'none':
      return plain;
    case 'ambiguous':
      return { check: await checkText(''), mends: [], isAmbiguous: true };
    case 'found': {
      const { text, mends } = found.reading;
      return text === whole ? plain : { check: await checkText(text), mends, isAmbiguous: false };
    }
  }
}

const isNobodys = ({ verdict }: VisitCheck): boolean =>
  verdict.outcome === 'refuse' && (verdict.reason === 'not-a-card' || verdict.reason === 'unknown-card');
