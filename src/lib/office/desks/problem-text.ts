import type { Range } from '$lib/domain/fleet/desk-gaps';
import type { DeskProblem } from '$lib/domain/fleet/desk-problems';
import { m } from '$lib/paraglide/messages';
import { formatCount, formatSpan, formatWhen } from '$lib/ui/format';

/** What is wrong with a desk, in a sentence; times in `zone`. */
export function problemText(problem: DeskProblem, now: number, zone: string): string {
  const when = (at: number) => formatWhen(at, now, zone);
  switch (problem.kind) {
    case 'lost-visits':
      return isOne(problem.ranges)
        ? m.desks_lost_one({ number: formatNumbers(problem.ranges) })
        : m.desks_lost_many({ numbers: formatNumbers(problem.ranges) });
    case 'cloned':
      return m.desks_cloned({ numbers: formatNumbers(rangesOf(problem.numbers)) });
    case 'changed-visits':
      return m.desks_changed({ numbers: formatNumbers(rangesOf(problem.numbers)) });
    case 'conflicting':
      return m.desks_conflicting({ count: formatCount(problem.count) });
    case 'refused':
      return m.desks_refused({ count: formatCount(problem.count) });
    case 'silent-with-visits':
      return m.desks_silent_with_visits({ count: formatCount(problem.count), when: when(problem.since) });
    case 'waiting-long':
      return m.desks_waiting_long({ count: formatCount(problem.count), when: when(problem.since) });
    case 'room-low':
      return m.desks_room_low({ megabytes: formatCount(Math.round(problem.storage.available / 1_000_000)) });
    case 'never-heard':
      return m.desks_never_heard();
    case 'silent':
      return m.desks_silent({ when: when(problem.since) });
    case 'old-cards':
      return problem.asOf === undefined
        ? m.desks_no_cards()
        : m.desks_old_cards({ when: when(problem.asOf) });
    case 'clock-off':
      return m.desks_clock_off({ span: formatSpan(problem.skewMs) });
    case 'unreadable':
      return m.desks_unreadable({ count: formatCount(problem.count) });
    case 'old-version':
      return m.desks_old_version();
    case 'not-persistent':
      return m.desks_not_persistent();
  }
}

/** What somebody should do about it. */
export function adviceText({ kind }: DeskProblem): string {
  switch (kind) {
    case 'lost-visits':
      return m.desks_lost_advice();
    case 'cloned':
      return m.desks_cloned_advice();
    case 'changed-visits':
      return m.desks_changed_advice();
    case 'conflicting':
      return m.desks_conflicting_advice();
    case 'refused':
      return m.desks_refused_advice();
    case 'silent-with-visits':
      return m.desks_silent_with_visits_advice();
    case 'waiting-long':
      return m.desks_waiting_long_advice();
    case 'room-low':
      return m.desks_room_low_advice();
    case 'never-heard':
      return m.desks_never_heard_advice();
    case 'silent':
      return m.desks_silent_advice();
    case 'old-cards':
      return m.desks_old_cards_advice();
    case 'clock-off':
      return m.desks_clock_off_advice();
    case 'unreadable':
      return m.desks_unreadable_advice();
    case 'old-version':
      return m.desks_old_version_advice();
    case 'not-persistent':
      return m.desks_not_persistent_advice();
  }
}

const isOne = (ranges: readonly Range[]) => ranges.length === 1 && ranges[0]?.from === ranges[0]?.to;

function rangesOf(numbers: readonly number[]): Range[] {
  const ranges: Range[] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && number === last.to + 1) last.to = number;
    else ranges.push({ from: number, to: number });
  }
  return ranges;
}

/** How many ranges are spelled out; a desk with more has one problem, not fifty. */
const mostSpelled = 5;

/** "7, 41–43" */
function formatNumbers(ranges: readonly Range[]): string {
  const spelled = ranges
    .slice(0, mostSpelled)
    .map(({ from, to }) => (from === to ? String(from) : `${from}–${to}`));
  return [...spelled, ...(ranges.length > mostSpelled ? ['…'] : [])].join(', ');
}
