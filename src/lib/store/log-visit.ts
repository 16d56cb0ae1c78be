import { visitsDatabase } from '$lib/documents/databases';
import type { VisitDocument } from '$lib/documents/visits/visit-documents';
import { portionsPerDay } from '$lib/domain/catalogue/service';
import { minute, type Instant } from '$lib/domain/time/day';
import { headCount } from '$lib/domain/visit/people';
import { loggedMeanwhile } from '$lib/domain/visit/repeated-visit';
import { canBeLogged, type OverrideReason, type Verdict } from '$lib/domain/visit/verdict';
import { nextLink, noteLink } from './chain';
import { decideWithin, tablesToCheck, type VisitCheck } from './check-visit';
import type { TiskiDatabase } from './database';
import { readDevice } from './device';
import { visitsSince } from './history';
import { writeThrough, type StorageFull } from './write-through';

export interface LogOptions {
  deviceNow: Instant;
  /** Returns a ULID. */
  randomId: () => string;
  /** R15: why staff admitted the holder despite a refusal. */
  override?: OverrideReason;
}

export interface LoggedVisit {
  kind: 'logged';
  visitId: string;
  document: VisitDocument;
}

export type LogResult =
  | LoggedVisit
  /** Another tab, tap or desk was faster; nothing was written. */
  | { kind: 'already-logged'; at: Instant }
  /** What was free at the check no longer is (the last seat was taken meanwhile); nothing was written. */
  | { kind: 'changed'; check: VisitCheck }
  | StorageFull;

/**
 * S1: logs a checked visit. When the promise resolves with `logged`, the visit, its outbox row and the desk's
 * counter are on the disk, all three or none.
 * @throws if the check can't be logged (`canBeLogged`), or the transaction fails for another reason
 */
export async function logVisit(
  db: TiskiDatabase,
  check: VisitCheck,
  { deviceNow, randomId, override }: LogOptions,
): Promise<LogResult> {
  const card = cardNumberOf(check);
  if (card === undefined || !canBeLogged(check.verdict, override)) {
    throw new Error(`A visit with the verdict ${check.verdict.outcome} can't be logged.`);
  }
  return writeThrough(db, tablesToCheck(db), deviceNow, async (write): Promise<LogResult> => {
    const fresh = await decideWithin(db, check.question, deviceNow);
    const loggedAt = await sameVisitSince(db, card, check, fresh);
    if (loggedAt !== undefined) return { kind: 'already-logged', at: loggedAt };
    if (isTakenMeanwhile(check.verdict, fresh.verdict)) return { kind: 'changed', check: fresh };

    const device = await readDevice(db);
    if (!device) throw new Error('This device is not paired.');
    const { name: desk } = device.account;
    const link = await nextLink(db, desk);
    const _id = `visit:${desk}:${randomId()}`;
    const document = visitDocumentOf({ _id, desk, card, check, clock: fresh.clock, link, override });
    // A question to staff comes before the limits: what they admitted may have passed one.
    await write(visitsDatabase(check.service.sector), document, {
      isReviewed: isAsked(check) || isAsked(fresh),
    });
    await noteLink(db, desk, document);
    return { kind: 'logged', visitId: _id, document };
  });
}

const isAsked = ({ verdict }: VisitCheck): boolean => verdict.outcome === 'ask';

export function cardNumberOf({ card, code }: VisitCheck): string | undefined {
  return card?.number ?? (code.kind === 'number' ? code.number : undefined);
}

/** R10: the seat or the portion that the check found. */
const isTakenMeanwhile = (checked: Verdict, fresh: Verdict): boolean =>
  checked.outcome !== 'refuse' && fresh.outcome === 'refuse' && fresh.reason === 'sold-out';

/** R8: when the same visit was logged, if that was since the check. */
async function sameVisitSince(
  db: TiskiDatabase,
  card: string,
  check: VisitCheck,
  { verdict, clock: { now } }: VisitCheck,
): Promise<Instant | undefined> {
  const { service, venue, rule, offering } = check;
  const since = Math.min(now - service.repeatMinutes * minute, check.clock.now);
  const recent = await visitsSince(db, card, since, visitsDatabase(service.sector));
  const visit = { service, rule, offering, now, zone: venue.zone };
  return loggedMeanwhile(visit, { verdict: check.verdict, at: check.clock.now }, verdict, recent);
}

function visitDocumentOf(parts: {
  _id: string;
  desk: string;
  card: string;
  check: VisitCheck;
  clock: VisitCheck['clock'];
  link: { number: number; previous: string };
  override: OverrideReason | undefined;
}): VisitDocument {
  const { _id, desk, card, check, clock, link, override } = parts;
  const { verdict, service, venue, registerAsOf, people, rule, offering } = check;
  return {
    _id,
    type: 'visit',
    v: 1,
    card,
    ...(check.card && { scheme: check.card.scheme }),
    service: service.id,
    venue: venue.id,
    ...(offering !== undefined && { offering }),
    ...(portionsPerDay(rule) !== undefined && { portions: headCount(people) }),
    desk,
    at: new Date(clock.now).toISOString(),
    zone: venue.zone,
    ...(clock.correctedByMs !== undefined && { clockSkewMs: clock.correctedByMs }),
    people,
    verdict: {
      outcome: verdict.outcome === 'already-logged' ? 'refuse' : verdict.outcome,
      ...(verdict.outcome !== 'admit' && { reason: verdict.reason }),
      marks: verdict.outcome === 'admit' ? [...verdict.marks] : [],
    },
    ...(override !== undefined && verdict.outcome === 'refuse' && { override: { reason: override } }),
    register: { asOf: registerAsOf === undefined ? null : new Date(registerAsOf).toISOString() },
    ...link,
  };
}
