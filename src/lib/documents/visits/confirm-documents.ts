import type { Contact } from '$lib/domain/time/clock';
import { judgeTime, type Stamp, type TimeJudgement } from '$lib/domain/time/confirm-time';
import type { LogDocument, VisitDocument } from './visit-documents';
import { visitHash } from './visit-hash';

/** A document that only this device has seen so far, and what was known about the clock that dated it. */
export interface Unconfirmed {
  document: LogDocument;
  stamp: Stamp;
}

/**
 * R13: the documents as they will be sent, each once and for all. A visit that follows a changed one carries
 * the new hash (S15), so the list must contain all of a desk's visits after the first unconfirmed one.
 */
export function confirmDocuments(unconfirmed: readonly Unconfirmed[], contact?: Contact): LogDocument[] {
  const changed = new Map<string, VisitDocument>();
  return inOrder(unconfirmed).map(({ document, stamp }) => {
    const dated = withTime(document, judgeTime(stamp, contact));
    if (dated.type !== 'visit') return dated;
    const previous = changed.get(linkOf(dated.desk, dated.number - 1));
    const linked = previous ? { ...dated, previous: visitHash(previous) } : dated;
    if (linked !== document) changed.set(linkOf(linked.desk, linked.number), linked);
    return linked;
  });
}

const linkOf = (desk: string, number: number) => `${desk} ${number}`;

const numberOf = ({ document }: Unconfirmed) => (document.type === 'visit' ? document.number : 0);
const inOrder = (unconfirmed: readonly Unconfirmed[]) =>
  [...unconfirmed].sort((a, b) => numberOf(a) - numberOf(b));

/** The same document if nothing changes. */
function withTime(document: LogDocument, judged: TimeJudgement): LogDocument {
  switch (judged.kind) {
    case 'right':
      return document;
    case 'corrected': {
      const corrected = { ...document, at: iso(judged.at) };
      if (corrected.type !== 'visit') return corrected;
      delete corrected.clockSkewMs;
      const { correctedByMs } = judged;
      return { ...corrected, ...(correctedByMs !== undefined && { clockSkewMs: correctedByMs }) };
    }
    case 'uncertain': {
      if (document.type !== 'visit') return document;
      const { from, until } = judged;
      const timeUncertain = { from: iso(from), ...(until !== undefined && { until: iso(until) }) };
      return { ...document, timeUncertain };
    }
  }
}

const iso = (at: number) => new Date(at).toISOString();
