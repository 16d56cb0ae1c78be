import { loggedBy, type LogDocument, type VisitDocument } from '$lib/documents/visits/visit-documents';
import type { Conflict } from '$lib/domain/review/conflicts';
import { daysReviewed } from '$lib/domain/review/days-reviewed';
import { day, localDate, type Instant } from '$lib/domain/time/day';
import { seatsKey, portionsKey } from './capacity-key';
import type { ReviewSubject, TiskiDatabase } from './database';

/** What new documents are about, remembered until reviews.ts has checked it for conflicts. */

export const keyOf = (subject: ReviewSubject): string => {
  switch (subject.kind) {
    case 'card':
      return subject.number;
    case 'offering':
      return seatsKey(subject.id);
    case 'portions':
      return portionsKey(subject.service, subject.venue, subject.date);
    case 'times':
      return `times:${subject.desk}`;
  }
};

/**
 * Remembers, in the caller's transaction, what new documents are about. The check for conflicts waits for
 * `reviewQueued`: a page of a thousand visits must not hold up a scan.
 */
export async function queueForReview(
  db: TiskiDatabase,
  documents: readonly LogDocument[],
  now: Instant,
): Promise<void> {
  const recent = documents.filter((each) => now - newest(each) < daysReviewed * day);
  if (recent.length > 0) await enqueue(db, await subjectsOf(db, recent));
}

const newest = (document: LogDocument): Instant =>
  document.type === 'visit' ? loggedBy(document) : Date.parse(document.at);

/** A change of the rules may have ended any conflict or changed an offering's places; as `queueForReview`. */
export async function noteRulesChanged(db: TiskiDatabase, offerings: readonly string[]): Promise<void> {
  const reviews = await db.reviews.toArray();
  await enqueue(db, [
    ...reviews.flatMap(({ conflict }) => subjectsOfConflict(conflict)),
    ...offerings.map((id): ReviewSubject => ({ kind: 'offering', id })),
  ]);
}

/** A change of a card may have ended its conflicts; as `queueForReview`. */
export async function noteCardsChanged(db: TiskiDatabase, numbers: readonly string[]): Promise<void> {
  const reviews = await db.reviews.where('subject').anyOf(numbers).toArray();
  await enqueue(
    db,
    reviews.flatMap(({ conflict }) => subjectsOfConflict(conflict)),
  );
}

const enqueue = (db: TiskiDatabase, subjects: readonly ReviewSubject[]) =>
  db.reviewQueue.bulkPut(subjects.map((subject) => ({ key: keyOf(subject), subject })));

/** The cards, offerings and portions that documents are about. */
async function subjectsOf(db: TiskiDatabase, documents: readonly LogDocument[]): Promise<ReviewSubject[]> {
  const subjects = new Map<string, ReviewSubject>();
  const add = (subject: ReviewSubject) => subjects.set(keyOf(subject), subject);
  const addVisit = (visit: VisitDocument) => {
    const { card, offering, portions, service, venue, at, zone, desk, timeUncertain } = visit;
    add({ kind: 'card', number: card });
    if (timeUncertain) add({ kind: 'times', desk });
    if (offering !== undefined) add({ kind: 'offering', id: offering });
    if (portions !== undefined) {
      add({ kind: 'portions', service, venue, date: localDate(Date.parse(at), zone) });
    }
  };
  const addChoice = ({ card, offering }: { card: string; offering: string }) => {
    add({ kind: 'card', number: card });
    add({ kind: 'offering', id: offering });
  };
  for (const document of documents) {
    switch (document.type) {
      case 'visit':
        addVisit(document);
        break;
      case 'void': {
        const visit = await db.visits.get(document.visit);
        if (visit) addVisit(visit.document);
        break;
      }
      case 'choice':
      case 'release':
        addChoice(document);
        break;
      case 'resolution': {
        const visits = await db.visits.bulkGet(document.documents);
        for (const visit of visits) if (visit) addVisit(visit.document);
        const choices = await db.choices.bulkGet(document.documents);
        for (const choice of choices) if (choice) addChoice(choice);
        break;
      }
    }
  }
  return [...subjects.values()];
}

function subjectsOfConflict(conflict: Conflict): ReviewSubject[] {
  switch (conflict.kind) {
    case 'choices':
    case 'limit':
      return [{ kind: 'card', number: conflict.card }];
    case 'seats':
      return [{ kind: 'offering', id: conflict.offering }];
    case 'portions': {
      const { service, venue, date } = conflict;
      return [{ kind: 'portions', service, venue, date }];
    }
    case 'times':
      return [{ kind: 'times', desk: conflict.desk }];
  }
}
