import * as v from 'valibot';

/**
 * Which of an account's sessions are over, in the member `sessions` of its document in `_users`: every server
 * that serves it follows that document anyway, so a session that ends at one ends at all. Nobody but the
 * server writes it: a person may change only the password there.
 */
export interface SessionLimits {
  /** Sessions that are not younger are over, Unix seconds… */
  from?: number;
  /** …except this one. */
  except?: string;
  /** Sessions that are over, and until when that has to be known, Unix seconds. */
  ended?: Record<string, number>;
}

const limits = v.object({
  from: v.optional(v.number()),
  except: v.optional(v.string()),
  ended: v.optional(v.record(v.string(), v.number())),
});

/** What can't be read limits nothing. */
export function sessionLimitsFrom(member: unknown): SessionLimits {
  const parsed = v.safeParse(limits, member);
  return parsed.success ? (parsed.output as SessionLimits) : {};
}

export interface GivenSession {
  /** Absent in sessions that CouchDB, or an older Tiski, has made. */
  id?: string | undefined;
  /** Unix seconds. */
  issuedAt: number;
}

/** A server's clock may have been wrong when everything was ended: what it says of tomorrow doesn't count. */
const clocksDiffer = 60;

/** @param seconds now, Unix */
export function isOver(
  { from = 0, except, ended = {} }: SessionLimits,
  { id, issuedAt }: GivenSession,
  seconds: number,
): boolean {
  if (id !== undefined && id in ended) return true;
  const isBefore = issuedAt <= from && from <= seconds + clocksDiffer;
  return isBefore && (id === undefined || id !== except);
}

/** The most that are remembered one by one: an ordinary week has a few. */
const mostEnded = 100;
/** Longer than any session lives, seconds. */
const remembered = 7 * 24 * 3600;

/** @param seconds now, Unix */
export function withEnded(limits: SessionLimits, ids: readonly string[], seconds: number): SessionLimits {
  const still = Object.entries(limits.ended ?? {}).filter(([, until]) => until > seconds);
  const added = ids.map((id): [string, number] => [id, seconds + remembered]);
  return { ...limits, ended: Object.fromEntries([...still, ...added].slice(-mostEnded)) };
}

/**
 * Everything ends, except perhaps the session from which it was asked for.
 * @param seconds now, Unix
 */
export function withAllEnded(limits: SessionLimits, seconds: number, except?: string): SessionLimits {
  const { from: before = 0, ended } = limits;
  // Whoever signed in again in the same second got the next one's session.
  const isJustNow = before >= seconds && before <= seconds + clocksDiffer;
  return {
    ...(ended && { ended }),
    from: isJustNow ? before + 1 : seconds,
    ...(except !== undefined && { except }),
  };
}
