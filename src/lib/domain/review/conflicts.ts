import type { Limit, LimitPeriod } from '$lib/domain/catalogue/service';
import { localDate, type Instant, type LocalDate } from '$lib/domain/time/day';
import type { Card } from '$lib/domain/visit/card';
import { periodAround } from '$lib/domain/visit/limits';

/**
 * What desks did separately: each was right by what it knew, but together they gave more than the rules
 * allow. Found from the documents alone, so every device and the office find the same.
 */

/** A visit or a choice that is part of a conflict; released and voided ones are not. */
export interface ConflictEntry {
  /** `_id` of the document. */
  id: string;
  card: string;
  service: string;
  desk: string;
  venue: string;
  at: Instant;
  offering?: string;
  /** Places or portions that it takes. */
  heads: number;
}

export type Conflict = {
  /** Derived from what the conflict is about, so it is the same everywhere. */
  id: string;
  service: string;
  /** Oldest first. */
  entries: readonly ConflictEntry[];
} & (
  | { kind: 'choices'; card: string; allowed: number }
  | { kind: 'seats'; offering: string; allowed: number; taken: number }
  | { kind: 'portions'; venue: string; date: LocalDate; allowed: number; taken: number }
  | { kind: 'limit'; card: string; allowed: number; per: LimitPeriod; from: LocalDate }
  /** R13: between `from` and `until`, if anything is known; else dated ahead of the server's clock. */
  | { kind: 'times'; desk: string; from?: Instant; until?: Instant }
);

/** accept: all of it stands. keep: some still count. contact: somebody asks the people first. */
export const resolutionKinds = ['accept', 'keep', 'contact'] as const;
export type ResolutionKind = (typeof resolutionKinds)[number];

/** How somebody resolved a conflict, from its document. */
export interface Resolution {
  id: string;
  conflict: string;
  documents: readonly string[];
  decision: ResolutionKind;
  by: string;
  at: Instant;
}

const oldestFirst = (entries: readonly ConflictEntry[]): ConflictEntry[] =>
  [...entries].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));

const headsOf = (entries: readonly ConflictEntry[]) => entries.reduce((sum, { heads }) => sum + heads, 0);

/** R9: more choices for one card than its rule allows. Several of the same offering are one choice. */
export function choicesConflict(
  card: string,
  service: string,
  allowed: number,
  entries: readonly ConflictEntry[],
): Conflict | undefined {
  if (new Set(entries.map(({ offering }) => offering)).size <= allowed) return undefined;
  return {
    kind: 'choices',
    id: `choices:${card}:${service}`,
    card,
    service,
    allowed,
    entries: oldestFirst(entries),
  };
}

/** R10: more places of an offering given than there are. Entries that staff overrode don't count. */
export function seatsConflict(
  service: string,
  offering: { id: string; seats?: number },
  entries: readonly ConflictEntry[],
): Conflict | undefined {
  const taken = headsOf(entries);
  if (offering.seats === undefined || taken <= offering.seats) return undefined;
  const id = `seats:${offering.id}`;
  const all = oldestFirst(entries);
  return { kind: 'seats', id, service, offering: offering.id, allowed: offering.seats, taken, entries: all };
}

/** R10: more portions given at a venue on a day than there were. */
export function portionsConflict(
  service: string,
  { venue, date, perDay }: { venue: string; date: LocalDate; perDay: number },
  entries: readonly ConflictEntry[],
): Conflict | undefined {
  const taken = headsOf(entries);
  if (taken <= perDay) return undefined;
  const id = `portions:${service}:${venue}:${date}`;
  return {
    kind: 'portions',
    id,
    service,
    venue,
    date,
    allowed: perDay,
    taken,
    entries: oldestFirst(entries),
  };
}

/**
 * R7: periods in which a card was admitted more often than its limit allows, without an override by staff.
 */
export function limitConflicts(
  card: Card,
  service: string,
  limit: Limit,
  zone: string,
  entries: readonly ConflictEntry[],
): Conflict[] {
  const byPeriod = new Map<LocalDate, ConflictEntry[]>();
  for (const entry of entries) {
    const { from } = periodAround(localDate(entry.at, zone), limit, card);
    byPeriod.set(from, [...(byPeriod.get(from) ?? []), entry]);
  }
  return [...byPeriod]
    .filter(([, within]) => within.length > limit.n)
    .map(([from, within]) => ({
      kind: 'limit',
      id: `limit:${card.number}:${service}:${from}`,
      card: card.number,
      service,
      allowed: limit.n,
      per: limit.per,
      from,
      entries: oldestFirst(within),
    }));
}

/** A visit whose time is unknown, and what is known about it. */
export interface DoubtfulEntry {
  entry: ConflictEntry;
  /** Absent if it is only dated ahead. */
  span?: { from: Instant; until?: Instant };
}

/**
 * R13: visits whose time is unknown; those of one desk and service that the same contact found are one
 * conflict.
 */
export function timesConflicts(doubtful: readonly DoubtfulEntry[]): Conflict[] {
  const groups = new Map<string, DoubtfulEntry[]>();
  for (const each of doubtful) {
    const { entry, span } = each;
    const found = span?.until ?? span?.from;
    const key = found === undefined ? 'ahead' : new Date(found).toISOString();
    const id = `times:${entry.desk}:${entry.service}:${key}`;
    groups.set(id, [...(groups.get(id) ?? []), each]);
  }
  return [...groups].flatMap(([id, group]) => {
    const [first] = group;
    if (!first) return [];
    const { entry, span } = first;
    const from = Math.min(...group.map((each) => each.span?.from ?? Infinity));
    return {
      kind: 'times',
      id,
      desk: entry.desk,
      service: entry.service,
      ...(span && { from }),
      ...(span?.until !== undefined && { until: span.until }),
      entries: oldestFirst(group.map((each) => each.entry)),
    };
  });
}

/** The state of a conflict: open, being asked about, or settled. */
export type ConflictState =
  | { kind: 'open' }
  | { kind: 'contacted'; resolution: Resolution }
  | { kind: 'settled'; resolution: Resolution };

/** The newest resolution that considered every entry counts; a further entry reopens the conflict. */
export function conflictState(conflict: Conflict, resolutions: readonly Resolution[]): ConflictState {
  const newest = resolutions
    .filter((each) => each.conflict === conflict.id)
    .filter(({ documents }) => conflict.entries.every(({ id }) => documents.includes(id)))
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
    .at(-1);
  if (!newest) return { kind: 'open' };
  return { kind: newest.decision === 'contact' ? 'contacted' : 'settled', resolution: newest };
}
