import * as v from 'valibot';
import { count, identifier, instant } from '$lib/documents/fields';

/** A range of one account's numbers, both ends included. */
const numberRange = v.object({
  account: identifier,
  from: v.pipe(count, v.minValue(1)),
  to: v.pipe(count, v.minValue(1)),
});

/** The most ranges a report can hold: a desk has one, or a few if some of its visits were refused. */
export const mostRanges = 100;

/**
 * S15: what a desk reports about itself to the server: counts and times, no card and no name. Instants in UTC
 * by the desk's corrected clock; bytes as the browser estimates them.
 */
export const deskReport = v.object({
  v: v.literal(1),
  at: instant,
  /** When its register was last known to be complete and up to date; absent before the first load. */
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
  /** Visits that are waiting or were refused: why the server doesn't have them. */
  unsent: v.pipe(v.array(numberRange), v.maxLength(mostRanges)),
  /** The current failure, as the sync engine names it. */
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
  /** S9: when the server was last asked whether it still has what it should. */
  checkedAt: v.optional(instant),
});
export type DeskReport = v.InferOutput<typeof deskReport>;
export type NumberRange = v.InferOutput<typeof numberRange>;
