import type { CatalogueDocument } from '../../src/lib/documents/catalogue/catalogue-documents';
import type {
  ChoiceDocument,
  LogDocument,
  VisitDocument,
} from '../../src/lib/documents/visits/visit-documents';
import type { Instant } from '../../src/lib/domain/time/day';
import type { Card } from '../../src/lib/domain/visit/card';

/**
 * What desks that were apart did together, in the model's own words: RULES.md, What desks do apart. Only what the city
 * of office.ts can come to: a limit a day, choices, and visits whose time nobody knows; no seats, no portions, and no
 * rules of schemes or cards.
 */

type Logged = VisitDocument | ChoiceDocument;

export interface ExpectedReview {
  /** The conflict's. */
  id: string;
  entries: { id: string; at: Instant }[];
  state: 'open' | 'contacted' | 'settled';
}

interface Known {
  catalogue: ReadonlyMap<string, CatalogueDocument>;
  cards: ReadonlyMap<string, Card>;
}

export function expectedReviews(log: readonly LogDocument[], known: Known): ExpectedReview[] {
  const undone = undoneBy(log);
  const visits = log.filter((each) => each.type === 'visit').filter(({ _id }) => !undone.has(_id));
  const choices = log.filter((each) => each.type === 'choice').filter(({ _id }) => !undone.has(_id));
  const conflicts = new Map<string, Logged[]>([
    ...limitsPassed(visits, known),
    ...tooManyChoices(choices, known),
    ...timesUnknown(visits),
  ]);
  return [...conflicts].map(([id, documents]) => {
    const entries = documents.map(({ _id, at }) => ({ id: _id, at: Date.parse(at) }));
    return { id, entries, state: stateOf(id, documents, log) };
  });
}

/** Choices that count: R9 gives no second one beside them. */
export function standingChoices(log: readonly LogDocument[]): string[] {
  const undone = undoneBy(log);
  return log.flatMap(({ _id, type }) => (type === 'choice' && !undone.has(_id) ? [_id] : [])).sort();
}

const undoneBy = (log: readonly LogDocument[]): Set<string> =>
  new Set(
    log.flatMap((each) =>
      each.type === 'void' ? [each.visit] : each.type === 'release' ? [each.choice] : [],
    ),
  );

/** R7: visits of a card in one day, without those that staff let in knowing it. */
function limitsPassed(visits: readonly VisitDocument[], { catalogue }: Known): [string, Logged[]][] {
  const days = groupedBy(
    visits.filter(({ override }) => override === undefined),
    ({ card, service, at }) => `limit:${card}:${service}:${dateOf(at)}`,
  );
  return days.filter(([, [first, ...more]]) => {
    const rule = first && ruleOf(first.service, catalogue);
    return rule?.kind === 'limit' && more.length >= rule.n;
  });
}

/** R9: choices of the card's present validity, of offerings that were not over when the newest was made. */
function tooManyChoices(
  choices: readonly ChoiceDocument[],
  { catalogue, cards }: Known,
): [string, Logged[]][] {
  const newestFirst = choices.toSorted((a, b) => (a.at < b.at ? 1 : -1));
  return groupedBy(newestFirst, ({ card, service }) => `choices:${card}:${service}`)
    .map(([id, all]): [string, ChoiceDocument[]] => {
      const newest = dateOf(all[0]?.at ?? '');
      const beside = all.filter(({ card, offering, at }) => {
        const chosen = catalogue.get(`offering:${offering}`);
        const isOver = chosen?.type === 'offering' && (chosen.cancelled || chosen.until < newest);
        return !isOver && dateOf(at) >= (cards.get(card)?.validFrom ?? '');
      });
      return [id, beside];
    })
    .filter(([, [first, ...more]]) => {
      const rule = first && ruleOf(first.service, catalogue);
      const offerings = new Set([first, ...more].map((each) => each?.offering));
      return rule?.kind === 'choice' && offerings.size > rule.n;
    });
}

/** R13: what one contact found at a desk. */
const timesUnknown = (visits: readonly VisitDocument[]): [string, Logged[]][] =>
  groupedBy(
    visits.filter(({ timeUncertain }) => timeUncertain),
    ({ desk, service, timeUncertain }) =>
      `times:${desk}:${service}:${timeUncertain?.until ?? timeUncertain?.from ?? ''}`,
  );

/** As the last resolution says that has seen all of it. */
function stateOf(
  id: string,
  documents: readonly Logged[],
  log: readonly LogDocument[],
): ExpectedReview['state'] {
  const last = log
    .filter((each) => each.type === 'resolution')
    .filter((each) => each.conflict === id && documents.every(({ _id }) => each.documents.includes(_id)))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || (a._id < b._id ? -1 : 1))
    .at(-1);
  if (!last) return 'open';
  return last.decision === 'contact' ? 'contacted' : 'settled';
}

function ruleOf(service: string, catalogue: Known['catalogue']) {
  const document = catalogue.get(`service:${service}`);
  return document?.type === 'service' ? document.rule : undefined;
}

function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups];
}

/** 'YYYY-MM-DD' at the city's venues. */
const dates = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Helsinki' });
const dateOf = (at: string): string => dates.format(Date.parse(at));
