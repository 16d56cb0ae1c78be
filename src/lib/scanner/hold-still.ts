import { canonicalCode } from '$lib/domain/code/canonical-code';
import { readCode } from '$lib/domain/code/scan-code';

/** What a stream of sightings amounts to. */
export type SightingEvent = { kind: 'scan'; text: string } | { kind: 'two-codes' };

export interface HoldStill {
  /**
   * Takes the codes seen in one frame; `at` is in milliseconds of any steady clock. While not listening
   * nothing is reported, but a code reported before is still known to be in view, and one first seen
   * meanwhile counts as soon as we listen again.
   */
  see(codes: readonly string[], at: number, isListening?: boolean): SightingEvent | undefined;
}

/** A reported code must be out of view this long before it counts again. */
const awayMs = 2_500;

/**
 * After several codes were seen at once, one counts only once it has been alone for this long: the reader
 * misses a code in a frame now and then, and the missed one might be the one that was meant.
 */
const aloneMs = 500;

/** What a code stands for: a card may carry a signed QR code and a barcode with its number, both in view. */
function subjectOf(text: string): string {
  const code = readCode(text);
  return code.kind === 'number' || code.kind === 'signed' ? `card ${code.number}` : canonicalCode(text);
}

/** One text for each thing in view; of a card's two codes the signed one, which says more (R2). */
function seenSubjects(codes: readonly string[]): Map<string, string> {
  const seen = new Map<string, string>();
  for (const text of codes) {
    const subject = subjectOf(text);
    if (!seen.has(subject) || readCode(text).kind === 'signed') seen.set(subject, text);
  }
  return seen;
}

/** Turns sightings into scans: a card held still is one scan, two cards at once are not a scan. */
export function createHoldStill(): HoldStill {
  /** What was already reported, and when it was last in view. */
  const lastSeen = new Map<string, number>();
  let severalSince: number | undefined;
  let severalLast = 0;
  let isWarned = false;

  /** One frame with several codes may be a misreading; another within `aloneMs` settles it. */
  function seeSeveral(at: number, isListening: boolean): SightingEvent | undefined {
    severalLast = at;
    if (severalSince === undefined) {
      severalSince = at;
      return undefined;
    }
    if (isWarned || !isListening) return undefined;
    isWarned = true;
    return { kind: 'two-codes' };
  }

  return {
    see(codes, at, isListening = true) {
      const seen = seenSubjects(codes);
      for (const [subject, seenAt] of lastSeen) {
        if (at - seenAt >= awayMs) lastSeen.delete(subject);
        else if (seen.has(subject)) lastSeen.set(subject, at);
      }
      if (severalSince !== undefined && at - severalLast >= aloneMs) {
        severalSince = undefined;
        isWarned = false;
      }
      if (seen.size > 1) return seeSeveral(at, isListening);
      const [sighting] = seen;
      if (sighting === undefined || severalSince !== undefined) return undefined;
      const [subject, text] = sighting;
      if (!isListening || lastSeen.has(subject)) return undefined;
      lastSeen.set(subject, at);
      return { kind: 'scan', text };
    },
  };
}
