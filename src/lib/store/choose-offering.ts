import { visitsDatabase } from '$lib/documents/databases';
import type { ChoiceDocument, ReleaseDocument } from '$lib/documents/visits/visit-documents';
import { localDate, type Instant } from '$lib/domain/time/day';
import { decideWithin, tablesToCheck, type VisitCheck } from './check-visit';
import { readDeviceClock } from './clock';
import type { TiskiDatabase } from './database';
import { readDevice } from './device';
import { cardNumberOf } from './log-visit';
import { sendNew } from './outbox';
import { noteTouched } from './review-queue';
import { isStorageFull } from './storage-full';

export type ChooseResult =
  | { kind: 'chosen'; choiceId: string; document: ChoiceDocument }
  /** What could be chosen at the check can't be any more, or the choice was made meanwhile; nothing was written. */
  | { kind: 'changed'; check: VisitCheck }
  | { kind: 'storage-full' };

/**
 * R9: fixes the card's choice that a check asked to confirm; durable when the promise resolves, like a visit (S1).
 * @throws when the check asks no such thing, or the transaction fails for another reason
 */
export async function chooseOffering(
  db: TiskiDatabase,
  check: VisitCheck,
  { deviceNow, randomId }: { deviceNow: Instant; randomId: () => string },
): Promise<ChooseResult> {
  const card = cardNumberOf(check);
  if (card === undefined || !isChoice(check)) throw new Error('This check does not ask to confirm a choice.');
  try {
    return await db.transaction('rw', [...tablesToCheck(db), db.outbox], async (): Promise<ChooseResult> => {
      const fresh = await decideWithin(db, check.question, deviceNow);
      const { verdict, service, venue, clock, registerAsOf } = fresh;
      if (verdict.outcome !== 'ask' || verdict.reason !== 'confirm-choice') {
        return { kind: 'changed', check: fresh };
      }
      const device = await readDevice(db);
      if (!device) throw new Error('This device is not paired.');
      const desk = device.account.name;
      const _id = `choice:${desk}:${randomId()}`;
      const { offering } = verdict;
      const document: ChoiceDocument = {
        _id,
        type: 'choice',
        v: 1,
        card,
        ...(fresh.card && { scheme: fresh.card.scheme }),
        service: service.id,
        offering,
        venue: venue.id,
        desk,
        at: new Date(clock.now).toISOString(),
        zone: venue.zone,
        register: { asOf: registerAsOf === undefined ? null : new Date(registerAsOf).toISOString() },
      };
      const database = visitsDatabase(service.sector);
      const at = clock.now;
      await db.choices.add({ _id, database, desk, card, service: service.id, offering, at, document });
      await sendNew(db, database, document, { at, deviceNow });
      return { kind: 'chosen', choiceId: _id, document };
    });
  } catch (error) {
    if (isStorageFull(error)) return { kind: 'storage-full' };
    throw error;
  }
}

export const isChoice = ({ verdict }: VisitCheck): boolean =>
  verdict.outcome === 'ask' && verdict.reason === 'confirm-choice';

export type ReleaseResult =
  | { kind: 'released' }
  | { kind: 'already-released' }
  /** Only this desk's own choices, and within their day; later it is the office's matter. */
  | { kind: 'not-allowed'; reason: 'unknown' | 'other-desk' | 'another-day' }
  | { kind: 'storage-full' };

/** R9: undoes a fresh choice of this desk. */
export async function releaseChoice(
  db: TiskiDatabase,
  choiceId: string,
  { deviceNow }: { deviceNow: Instant },
): Promise<ReleaseResult> {
  try {
    return await db.transaction(
      'rw',
      [db.settings, db.visits, db.choices, db.releases, db.reviews, db.touched, db.outbox],
      async (): Promise<ReleaseResult> => {
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
        await db.releases.add({ choice: choiceId, database, desk, at: now, document });
        await sendNew(db, database, document, { at: now, deviceNow });
        await noteTouched(db, [document], now);
        return { kind: 'released' };
      },
    );
  } catch (error) {
    if (isStorageFull(error)) return { kind: 'storage-full' };
    throw error;
  }
}
