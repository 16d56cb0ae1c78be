import * as v from 'valibot';
import { count, identifier, instant } from '$lib/documents/fields';

/** Numbers of one account, both included. */
const numberRange = v.object({
  account: identifier,
  from: v.pipe(count, v.minValue(1)),
  to: v.pipe(count, v.minValue(1)),
});

/** Ranges that a report holds at most: a desk has one, or a few where some of its visits were refused. */
export const mostRanges = 100;

/**
 * S15: what a desk tells the server of itself: counts and times, no card and no name. Instants in UTC by the
 * desk's corrected clock; bytes as the browser estimates them.
 */
export const deskReport = v.object({
  v: v.literal(1),
  at: instant,
  /** When its register was last known to be whole and up to date; absent before the first load. */
  registerAsOf: v.optional(instant),
  waiting: count,
  waitingSince: v.optional(instant),
  refused: count,
  quarantined: count,
  /** Server time minus device time at the last contact. */
  clockSkewMs: v.optional(v.pipe(v.number(), v.integer())),
  /** SvelteKit's name of the build: its instant in ms. */
  version: v.pipe(v.string(), v.maxLength(40)),
  storage: v.optional(v.object({ used: count, available: count })),
  isPersistent: v.optional(v.boolean()),
  /** Number of the last visit that this account logged; 0 before the first. */
  lastNumber: count,
  /** Visits that wait or were refused: why they are missing at the server. */
  unsent: v.pipe(v.array(numberRange), v.maxLength(mostRanges)),
  /** The failure that still stands, as the sync engine names it. */
  problem: v.optional(
    v.picklist([
      'unreachable',
      'not-our-server',
      'signed-out',
      'forbidden',
      'busy',
      'too-large',
      'missing',
      'server-error',
      'rejected',
      'device',
    ]),
  ),
  /** S9: when the server was last asked for what it should have. */
  checkedAt: v.optional(instant),
});
export type DeskReport = v.InferOutput<typeof deskReport>;
export type NumberRange = v.InferOutput<typeof numberRange>;
