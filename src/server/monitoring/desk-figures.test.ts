import { describe, expect, it } from 'vitest';
import type { DeskReport } from '$lib/documents/fleet/desk-report';
import type { DeskStatus } from '../desks/desk-document';
import type { DeskAndReport } from '../desks/desk-watch';
import { deskFigures } from './desk-figures';

const now = Date.parse('2026-11-23T08:00:00Z');
const before = (ms: number) => new Date(now - ms).toISOString();

function aDesk(age?: number, report: Partial<DeskReport> = {}, status: DeskStatus = 'paired'): DeskAndReport {
  const desk = {
    _id: 'desk:x',
    type: 'desk',
    v: 1,
    name: 'Kassa',
    venue: 'uimahalli',
    account: 'desk-x',
    status,
    createdAt: before(0),
  } as const;
  if (age === undefined) return { desk };
  const counts = { waiting: 0, refused: 0, quarantined: 0, lastNumber: 0 };
  const told: DeskReport = { v: 1, at: before(age), ...counts, version: '1', unsent: [], ...report };
  return { desk, received: { receivedAt: before(age), report: told } };
}

describe('deskFigures', () => {
  it('puts each desk into the first age that fits it', () => {
    const ages = [0, 15 * 60_000, 15 * 60_000 + 1, 3_600_000, 86_400_000, 86_400_001, 7 * 86_400_000 + 1];
    const { contact } = deskFigures([...ages.map((age) => aDesk(age)), aDesk()], now);
    expect(contact).toEqual({ '15m': 2, '1h': 2, '1d': 1, '7d': 1, older: 1, never: 1 });
  });

  it('leaves out desks that wait for a device or were revoked', () => {
    const held = { waiting: 5, waitingSince: before(9_000) };
    const desks = [aDesk(0, held, 'waiting'), aDesk(0, held, 'revoked')];
    expect(deskFigures(desks, now)).toEqual(deskFigures([], now));
  });

  it('sums what they hold, and knows since when the oldest waits', () => {
    const desks = [
      aDesk(0, { waiting: 2, waitingSince: before(60_000), refused: 1 }),
      aDesk(0, { waiting: 3, waitingSince: before(90_000), quarantined: 4 }),
      // By a clock that is ahead.
      aDesk(0, { waiting: 1, waitingSince: before(-60_000) }),
    ];
    expect(deskFigures(desks, now)).toMatchObject({
      waiting: 6,
      refused: 1,
      quarantined: 4,
      oldestWaitingSeconds: 90,
    });
  });
});
