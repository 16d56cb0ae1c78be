import { ulid } from 'ulid';
import type { CardDocument } from '$lib/documents/register/card-document';
import type { ChoiceDocument } from '$lib/documents/visits/visit-documents';
import { addDays, localDate, startOfDay, type Instant } from '$lib/domain/time/day';
import { demoCardDocuments } from './cards';
import { demoZone } from './catalogue';
import { shownCardDocuments, shownCardNumber } from './demo-cards';
import { seededRandom, wholeNumber, type Random } from './random';

const desk = 'desk-demoopisto';
/** How many cards chose each course: one place is left on the guitar course. */
const chosen = { kitara: 7, akvarelli: 6, espanja: 5, keramiikka: 10, kuoro: 8, jooga: 4, ompelu: 3 };
/** Before the first of the visits. */
const daysAgo = 16;

/** The courses that the demo city's cards have chosen (R9), some weeks ago. */
export function demoChoices(now: Instant): ChoiceDocument[] {
  const random = seededRandom(9);
  const today = localDate(now, demoZone);
  const day = addDays(today, -daysAgo);
  const printed = shownCardDocuments(today);
  const shown = printed.find(({ number }) => number === shownCardNumber('course-chosen'));
  const cards = demoCardDocuments(today).filter(
    ({ number, scheme, status, validFrom, validUntil }) =>
      scheme === 'hyvinvointikortti' &&
      status === 'active' &&
      validFrom <= day &&
      validUntil >= today &&
      !printed.some((each) => each.number === number),
  );
  const courses = Object.entries(chosen).flatMap(([course, count]) => Array<string>(count).fill(course));
  const begins = startOfDay(day, demoZone);
  const documents = courses.flatMap((offering, index) => {
    const card = cards[index];
    return card ? [choice(card, offering, begins + wholeNumber(random, 9, 17) * 3_600_000, random)] : [];
  });
  return shown ? [...documents, choice(shown, 'akvarelli', begins + 36_000_000, random)] : documents;
}

function choice(card: CardDocument, offering: string, at: Instant, random: Random): ChoiceDocument {
  return {
    _id: `choice:${desk}:${ulid(at, random)}`,
    type: 'choice',
    v: 1,
    card: card.number,
    scheme: card.scheme,
    service: 'opisto',
    offering,
    venue: 'opisto',
    desk,
    at: new Date(at).toISOString(),
    zone: demoZone,
    register: { asOf: new Date(startOfDay(localDate(at, demoZone), demoZone)).toISOString() },
  };
}
