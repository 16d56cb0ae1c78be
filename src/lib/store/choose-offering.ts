import { visitsDatabase } from '$lib/documents/databases';
import type { ChoiceDocument, ReleaseDocument } from '$lib/documents/visits/visit-documents';
import { localDate, type Instant } from '$lib/domain/time/day';
import { decideWithin, tablesToCheck, type VisitCheck } from './check-visit';
import { readDeviceClock } from './clock';
import type { TiskiDatabase } from './database';
import { readDevice } from './device';
import { cardNumberOf } from './log-visit';
import { writeThrough, type StorageFull } from './write-through';

export type ChooseResult =
  | { kind: 'chosen'; choiceId: string; document: ChoiceDocument }
  /**
   * What could be chosen at the check can't be any more, or the choice has been made meanwhile; nothing was
   * written.
   */
  | { kind: 'changed'; check: VisitCheck }
  | StorageFull;

/**
 * R9: fixes the card's choice that a check asked to confirm; durable when the promise resolves, like a visit
 * (S1).
 * @throws if the check didn't ask that, or the transaction fails for another reason
 */
export async function chooseOffering(
  db: TiskiDatabase,
  check: VisitCheck,
  { deviceNow, randomId }: { deviceNow: Instant; randomId: () => string },
): Promise<ChooseResult> {
  const card = cardNumberOf(check);
  if (card === undefined || !isChoice(check)) throw new Error('This check does not ask to confirm a choice.');
  return writeThrough(db, tablesToCheck(db), deviceNow, async (write): Promise<ChooseResult> => {
    const fresh = await decideWithin(db, check.question, deviceNow);
    const { verdict, service, venue, clock, registerAsOf } = fresh;
    if (verdict.outcome !== 'ask' || verdict.reason !== 'confirm-choice') {
      return { kind: 'changed', check: fresh };
    }
    const device = await readDevice(db);
    if (!device) throw new Error('This device is not paired.');
    const desk = device.account.name;
    const document: ChoiceDocument = {
      _id: `choice:${desk}:${randomId()}`,
      type: 'choice',
      v: 1,
      card,
      ...(fresh.card && { scheme: fresh.card.scheme }),
      service: service.id,
      offering: verdict.offering,
      venue: venue.id,
      desk,
      at: new Date(clock.now).toISOString(),
      zone: venue.zone,
      register: { asOf: registerAsOf === undefined ? null : new Date(registerAsOf).toISOString() },
    };
    // As far as this desk knew, the place was free: a conflict shows when another desk's choice arrives.
    await write(visitsDatabase(service.sector), document, { isReviewed: false });
    return { kind: 'chosen', choiceId: document._id, document };
  });
}

export const isChoice = ({ verdict }: VisitCheck): boolean =>
  verdict.outcome === 'ask' && verdict.reason === 'confirm-choice';

export type ReleaseResult =
  | { kind: 'released' }
  | { kind: 'already-released' }
  /** Only this desk's own choices, and on the same day; later it is up to the office. */
  | { kind: 'not-allowed'; reason: 'unknown' | 'other-desk' | 'another-day' }
  | StorageFull;

/** R9: undoes a fresh choice of this desk. */
export function releaseChoice(
  db: TiskiDatabase,
  choiceId: string,
  { deviceNow }: { deviceNow: Instant },
): Promise<ReleaseResult> {
  return writeThrough(db, [], deviceNow, async (write): Promise<ReleaseResult> => {
    const row = await db.choices.get(choiceId);
    if (!row) return { kind: 'not-allowed', reason: 'unknown' };
    const device = await readDevice(db);
    const { desk, card, service, offering, database } = row;
    if (desk !== device?.account.name) return { kind: 'not-allowed', reason: 'other-desk' };
    const { now } = await readDeviceClock(db, deviceNow);
    const { zone } = row.document;
    if (localDate(row.at, zone) !== localDate(now, zone)) {
      return { kind: 'not-allowed', reason: 'another-day' };
    }
    if (await db.releases.get(choiceId)) return { kind: 'already-released' };
    const document: ReleaseDocument = {
      _id: `release:${choiceId}`,
      type: 'release',
      v: 1,
      choice: choiceId,
      card,
      service,
      offering,
      by: desk,
      reason: 'undone',
      at: new Date(now).toISOString(),
    };
    await write(database, document, { isReviewed: true });
    return { kind: 'released' };
  });
}
