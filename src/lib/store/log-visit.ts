import type { VisitDocument } from '$lib/documents/visit-documents';
import { minute, type Instant } from '$lib/domain/day';
import { isOverridable, type OverrideReason, type Verdict } from '$lib/domain/verdict';
import { nextLink, noteLink } from './chain';
import { decideWithin, visitsSince, type VisitCheck } from './check-visit';
import type { TiskiDatabase } from './database';
import { visitsDatabase } from './database-names';
import { readDevice } from './device';
import { isStorageFull } from './storage-full';

export interface LogOptions {
  deviceNow: Instant;
  /** Gives a ULID. */
  randomId: () => string;
  /** R15: why staff let the holder in against a refusal. */
  override?: OverrideReason;
}

export interface LoggedVisit {
  kind: 'logged';
  visitId: string;
  document: VisitDocument;
}

export type LogResult =
  | LoggedVisit
  /** Another tab, another tap or another desk was first; nothing was written. */
  | { kind: 'already-logged'; at: Instant }
  /** The device has no room; nothing was written. */
  | { kind: 'storage-full' };

/**
 * S1: logs a checked visit. When the promise resolves with `logged`, the visit, its outbox row and the
 * desk's counter are on the disk, all three or none.
 * @throws when the check can't be logged (`canBeLogged`), or the transaction fails for another reason
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
  const tables = [db.settings, db.cards, db.catalogue, db.visits, db.voids, db.cursors, db.outbox];
  try {
    return await db.transaction('rw', tables, async (): Promise<LogResult> => {
      const fresh = await decideWithin(db, { text: check.text, service: check.service.id }, deviceNow);
      const loggedAt = await loggedMeanwhile(db, card, check, fresh);
      if (loggedAt !== undefined) return { kind: 'already-logged', at: loggedAt };

      const device = await readDevice(db);
      if (!device) throw new Error('This device is not paired.');
      const { name: desk } = device.account;
      const link = await nextLink(db, desk);
      const _id = `visit:${desk}:${randomId()}`;
      const document = visitDocumentOf({ _id, desk, card, check, clock: fresh.clock, link, override });
      const { service } = document;
      const database = visitsDatabase(check.service.sector);
      const at = fresh.clock.now;
      await db.visits.add({ _id, database, desk, card, service, at, document });
      await db.outbox.add({ id: _id, database, state: 'waiting', at, document });
      await noteLink(db, desk, document);
      return { kind: 'logged', visitId: _id, document };
    });
  } catch (error) {
    if (isStorageFull(error)) return { kind: 'storage-full' };
    throw error;
  }
}

/** Whether a verdict may become a visit: admitted, settled by staff, or overridden by them (R15). */
export function canBeLogged(verdict: Verdict, override?: OverrideReason): boolean {
  switch (verdict.outcome) {
    case 'admit':
    case 'ask':
      return true;
    case 'already-logged':
      return false;
    case 'refuse':
      return override !== undefined && isOverridable(verdict);
  }
}

function cardNumberOf({ card, code }: VisitCheck): string | undefined {
  return card?.number ?? (code.kind === 'number' ? code.number : undefined);
}

/**
 * R8 for two tabs and a double tap: when the same visit was logged since the check, its instant. That is a
 * visit within the service's repeat span, or one that has used up a limit that was free at the check.
 */
async function loggedMeanwhile(
  db: TiskiDatabase,
  card: string,
  check: VisitCheck,
  fresh: VisitCheck,
): Promise<Instant | undefined> {
  const repeatFrom = fresh.clock.now - check.service.repeatMinutes * minute;
  const latest = (history: { at: Instant }[]) =>
    history.length > 0 ? Math.max(...history.map(({ at }) => at)) : undefined;
  const repeated = latest(
    (await visitsSince(db, card, check.service.id, repeatFrom)).filter(({ at }) => at > repeatFrom),
  );
  if (repeated !== undefined) return repeated;
  const isUsedUp = fresh.verdict.outcome === 'refuse' && fresh.verdict.reason === 'limit-reached';
  if (!isUsedUp || check.verdict.outcome === 'refuse') return undefined;
  return latest(await visitsSince(db, card, check.service.id, check.clock.now)) ?? fresh.clock.now;
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
  const { verdict, service, venue, registerAsOf } = check;
  return {
    _id,
    type: 'visit',
    v: 1,
    card,
    ...(check.card && { scheme: check.card.scheme }),
    service: service.id,
    venue: venue.id,
    desk,
    at: new Date(clock.now).toISOString(),
    zone: venue.zone,
    ...(clock.correctedByMs !== undefined && { clockSkewMs: clock.correctedByMs }),
    people: { holder: 1, children: 0, assistants: 0 },
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
