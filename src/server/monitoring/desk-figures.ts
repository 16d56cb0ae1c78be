import type { ReceivedReport } from '../desks/desk-reports';
import type { DeskAndReport } from '../desks/desk-watch';

/** A desk's last contact is at most this long ago; a desk with a network reports every five minutes. */
const contactAges = { '15m': 15 * 60_000, '1h': 3_600_000, '1d': 86_400_000, '7d': 7 * 86_400_000 } as const;
const bounds = Object.entries(contactAges) as [keyof typeof contactAges, number][];

export type ContactAge = keyof typeof contactAges | 'older' | 'never';

/** What the desks in use report, summed up. */
export interface DeskFigures {
  contact: Record<ContactAge, number>;
  waiting: number;
  refused: number;
  quarantined: number;
  /** Since when the longest waiting visit waits, s; 0 if none does. */
  oldestWaitingSeconds: number;
}

/** Desks without a device and revoked ones don't count. */
export function deskFigures(desks: readonly DeskAndReport[], now: number): DeskFigures {
  const figures: DeskFigures = {
    contact: { '15m': 0, '1h': 0, '1d': 0, '7d': 0, older: 0, never: 0 },
    waiting: 0,
    refused: 0,
    quarantined: 0,
    oldestWaitingSeconds: 0,
  };
  for (const { received } of desks.filter(({ desk }) => desk.status === 'paired')) {
    figures.contact[contactAge(received, now)] += 1;
    if (received === undefined) continue;
    const { waiting, waitingSince, refused, quarantined } = received.report;
    figures.waiting += waiting;
    figures.refused += refused;
    figures.quarantined += quarantined;
    const seconds = waitingSince === undefined ? 0 : (now - Date.parse(waitingSince)) / 1000;
    figures.oldestWaitingSeconds = Math.max(figures.oldestWaitingSeconds, seconds);
  }
  return figures;
}

function contactAge(received: ReceivedReport | undefined, now: number): ContactAge {
  if (received === undefined) return 'never';
  const age = now - Date.parse(received.receivedAt);
  return bounds.find(([, longest]) => age <= longest)?.[0] ?? 'older';
}
