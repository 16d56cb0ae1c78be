import { findConflicts, type Review } from '../../src/lib/documents/review/find-conflicts';
import type { LogDocument } from '../../src/lib/documents/visits/visit-documents';
import { daysReviewed } from '../../src/lib/domain/review/days-reviewed';
import { day, type Instant } from '../../src/lib/domain/time/day';
import type { Card } from '../../src/lib/domain/visit/card';
import type { Catalogue } from '../../src/lib/store/catalogue';

const valuesBy = <T, U>(entries: ReadonlyMap<string, T>, of: (entry: T) => U): Map<string, U> =>
  new Map([...entries].map(([id, entry]) => [id, of(entry)]));

/**
 * The review list that somebody looks at before they decide: the engine's own, run and not judged here.
 * expected-reviews.ts has what it must be.
 */
export function conflictsAmong(
  documents: readonly LogDocument[],
  { catalogue, cards }: { catalogue: Catalogue; cards: ReadonlyMap<string, Card> },
  now: Instant,
): Review[] {
  return findConflicts(documents, {
    services: valuesBy(catalogue.services, ({ service }) => service),
    schemes: valuesBy(catalogue.schemes, ({ scheme }) => scheme),
    offerings: valuesBy(catalogue.offerings, ({ offering }) => offering),
    zoneOf: (venue) => catalogue.venues.get(venue)?.venue.zone ?? 'Europe/Helsinki',
    card: (number) => cards.get(number),
    since: now - daysReviewed * day,
  });
}
