import type { Conflict, ConflictEntry, ResolutionKind } from '$lib/domain/review/conflicts';
import type { Instant } from '$lib/domain/time/day';
import { groupDigits } from '$lib/domain/visit/card-number';
import { m } from '$lib/paraglide/messages';
import { formatCount, formatDay, formatWhen } from './format';

/** Names in the chosen language, by id. */
export interface ConflictNames {
  service: (id: string) => string;
  offering: (id: string) => string;
  desk: (account: string) => string;
}

/** What happened, in plain words; the first line is the heading. */
export function describeConflict(
  conflict: Conflict,
  names: ConflictNames,
  { now, zone }: { now: Instant; zone: string },
): string[] {
  const allowed = 'allowed' in conflict ? formatCount(conflict.allowed) : '';
  switch (conflict.kind) {
    case 'choices': {
      const count = formatCount(new Set(conflict.entries.map(({ offering }) => offering)).size);
      return [m.review_choices({ card: groupDigits(conflict.card), count, allowed })];
    }
    case 'seats': {
      const taken = formatCount(conflict.taken);
      return [m.review_seats({ name: names.offering(conflict.offering), taken, allowed })];
    }
    case 'portions': {
      const [taken, date] = [formatCount(conflict.taken), formatDay(conflict.date)];
      return [m.review_portions({ name: names.service(conflict.service), date, taken, allowed })];
    }
    case 'limit': {
      const count = formatCount(conflict.entries.length);
      return [
        m.review_limit({ card: groupDigits(conflict.card), count, allowed }),
        m.review_limit_from({ name: names.service(conflict.service), date: formatDay(conflict.from) }),
      ];
    }
    case 'times': {
      const { service, desk, from, until, entries } = conflict;
      const about = { name: names.service(service), desk: names.desk(desk) };
      const heading =
        entries.length === 1
          ? m.review_times_one(about)
          : m.review_times_many({ ...about, count: formatCount(entries.length) });
      if (from === undefined) return [heading, m.review_times_ahead()];
      const earliest = formatWhen(from, now, zone);
      if (until === undefined) return [heading, m.review_times_after({ from: earliest })];
      return [heading, m.review_times_between({ from: earliest, until: formatWhen(until, now, zone) })];
    }
  }
}

/** One visit or choice of a conflict, in one line. */
export function describeEntry(
  { at, desk, card, offering, heads, service }: ConflictEntry,
  conflict: Conflict,
  names: ConflictNames,
  { now, zone }: { now: Instant; zone: string },
): string {
  const isOfOneCard = conflict.kind === 'choices' || conflict.kind === 'limit';
  const what = offering === undefined ? names.service(service) : names.offering(offering);
  return [
    m.review_entry({ when: formatWhen(at, now, zone), desk: names.desk(desk) }),
    ...(isOfOneCard ? [what] : [m.review_entry_card({ card: groupDigits(card) })]),
    ...(heads > 1 ? [m.review_entry_heads({ count: formatCount(heads) })] : []),
  ].join(' · ');
}

export function describeResolution(kind: ResolutionKind): string {
  switch (kind) {
    case 'accept':
      return m.review_decision_accept();
    case 'keep':
      return m.review_decision_keep();
    case 'contact':
      return m.review_decision_contact();
  }
}
