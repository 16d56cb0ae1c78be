import type { DeskReport } from '$lib/documents/fleet/desk-report';
import { problemsOf, toneOfDesk, type DeskProblem, type DeskTone } from '$lib/domain/fleet/desk-problems';
import type { DeskState, DeskStates } from './desk-states-api';
import type { Desk } from './desks-api';

/** One desk of the list: what it is, how it is, and what to do. */
export interface DeskOverview {
  desk: Desk;
  /** Undefined before its state is known, and for a desk that never had a device or no longer has one. */
  tone?: DeskTone;
  problems: DeskProblem[];
  /** By the server's clock, ms. */
  lastHeard?: number;
  report?: DeskReport;
}

const urgency: Record<DeskTone, number> = { urgent: 0, attention: 1, hint: 2, fine: 3 };

/** The desks, those that need help first; otherwise in the server's order, with revoked ones last. */
export function overviewOf(desks: readonly Desk[], known: DeskStates | undefined): DeskOverview[] {
  const states = new Map(known?.states.map((state) => [state.id, state]));
  const rows = desks.map((desk) => rowOf(desk, states.get(desk.id), known));
  return rows.sort((a, b) => rank(a) - rank(b));
}

function rank({ desk, tone }: DeskOverview): number {
  if (tone !== undefined) return urgency[tone];
  return desk.status === 'revoked' ? 5 : 4;
}

function rowOf(desk: Desk, state: DeskState | undefined, known: DeskStates | undefined): DeskOverview {
  if (desk.status !== 'paired' || !state || !known) return { desk, problems: [] };
  const { lastHeard, report, faults } = state;
  const problems = problemsOf(
    {
      ...(lastHeard !== undefined && { lastHeard: Date.parse(lastHeard) }),
      ...conditionOf(report),
      lost: faults.flatMap(({ lost }) => lost),
      usedTwice: faults.flatMap(({ usedTwice }) => usedTwice),
      broken: faults.flatMap(({ broken }) => broken),
      conflicting: faults.reduce((sum, { conflicting }) => sum + conflicting, 0),
    },
    Date.parse(known.now),
    known.version,
  );
  return {
    desk,
    tone: toneOfDesk(problems),
    problems,
    ...(lastHeard !== undefined && { lastHeard: Date.parse(lastHeard) }),
    ...(report && { report }),
  };
}

function conditionOf(report: DeskReport | undefined) {
  if (!report) return { waiting: 0, refused: 0, quarantined: 0 };
  const { registerAsOf, waiting, waitingSince, refused, quarantined, clockSkewMs, version } = report;
  const { storage, isPersistent } = report;
  return {
    waiting,
    refused,
    quarantined,
    version,
    ...(registerAsOf !== undefined && { registerAsOf: Date.parse(registerAsOf) }),
    ...(waitingSince !== undefined && { waitingSince: Date.parse(waitingSince) }),
    ...(clockSkewMs !== undefined && { clockSkewMs }),
    ...(storage && { storage }),
    ...(isPersistent !== undefined && { isPersistent }),
  };
}
