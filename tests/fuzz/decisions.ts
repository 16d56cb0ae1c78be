import type { CatalogueDocument } from '../../src/lib/documents/catalogue/catalogue-documents';
import type { LogDocument } from '../../src/lib/documents/visits/visit-documents';
import { day, minute, type Instant } from '../../src/lib/domain/time/day';
import type { Card } from '../../src/lib/domain/visit/card';
import { expectedReviews, standingChoices, type ExpectedReview } from './expected-reviews';

/** What a desk goes by, beside the documents themselves. */
export interface Decisions {
  /** `_id`s of the choices that count (R9). */
  standing: string[];
  /** The review list, as ids of conflicts: not those that somebody has settled. */
  open: string[];
  contacted: string[];
}

/** Days within which no clock of the simulation makes a desk overlook a conflict or forget a part of it (S9). */
const daysCompared = 20;

/** Conflicts that every clock agrees about, the wrong ones too. */
export const isComparable = (
  { entries }: { entries: readonly { id: string; at: Instant }[] },
  now: Instant,
  isForgotten: (id: string) => boolean,
): boolean =>
  entries.every(({ id, at }) => !isForgotten(id) && at > now - daysCompared * day && at < now + 5 * minute);

/** By the rules, from the documents alone. */
export function decisionsOf(
  {
    log,
    catalogue,
    cards,
  }: {
    log: readonly LogDocument[];
    catalogue: ReadonlyMap<string, CatalogueDocument>;
    cards: ReadonlyMap<string, Card>;
  },
  now: Instant,
  isForgotten: (id: string) => boolean,
): Decisions {
  const reviews = expectedReviews(log, { catalogue, cards }).filter((review) =>
    isComparable(review, now, isForgotten),
  );
  const idsOf = (state: ExpectedReview['state']) =>
    reviews
      .filter((each) => each.state === state)
      .map(({ id }) => id)
      .sort();
  return { standing: standingChoices(log), open: idsOf('open'), contacted: idsOf('contacted') };
}
