import type { LocalDate } from '$lib/domain/time/day';
import { criteriaOn, type Criteria } from './criteria';

type Dated = Pick<Criteria, 'version' | 'from'>;

/** The most versions of one scheme: a change every month for eight years. */
export const mostVersions = 100;

export interface NewVersion {
  from: LocalDate;
  /** The newest version that its author has seen; 0 if there was none. */
  base: number;
  /** The coming version that it replaces. */
  replaces?: number | undefined;
}

export type VersionRefusal =
  /** Somebody else has added a version meanwhile. */
  | 'changed'
  /** B33: its first day is past. */
  | 'too-early'
  /** B33: what it would replace has begun. */
  | 'begun'
  /** B34: another coming version begins on that day. */
  | 'same-day'
  | 'too-many';

export type VersionPlace<T> =
  { ok: true; version: number; kept: readonly T[] } | { ok: false; reason: VersionRefusal };

/** The number of the newest version; 0 if there is none. */
export const newestVersion = (versions: readonly Dated[]): number =>
  Math.max(0, ...versions.map(({ version }) => version));

/** B33 B34: whether another version may be added today: its number, and the versions that stay beside it. */
export function placeVersion<T extends Dated>(
  versions: readonly T[],
  { from, base, replaces }: NewVersion,
  today: LocalDate,
): VersionPlace<T> {
  const refused = (reason: VersionRefusal) => ({ ok: false, reason }) as const;
  if (base !== newestVersion(versions)) return refused('changed');
  const replaced = versions.find(({ version }) => version === replaces);
  if (replaces !== undefined && replaced === undefined) return refused('changed');
  if (replaced !== undefined && replaced.from <= today) return refused('begun');
  if (from < today) return refused('too-early');
  const kept = versions.filter((each) => each !== replaced);
  if (from > today && kept.some((each) => each.from === from)) return refused('same-day');
  if (kept.length >= mostVersions) return refused('too-many');
  return { ok: true, version: base + 1, kept };
}

/** The version in force, those to come in order of their first days, and those before, newest first. */
export function sortVersions<T extends Dated>(
  versions: readonly T[],
  today: LocalDate,
): { inForce: T | undefined; coming: T[]; before: T[] } {
  const inForce = criteriaOn(versions, today);
  const begun = versions.filter((each) => each.from <= today && each !== inForce);
  return {
    inForce,
    coming: versions.filter(({ from }) => from > today).sort((a, b) => (a.from < b.from ? -1 : 1)),
    before: begun.sort((a, b) => b.version - a.version),
  };
}
