import type { CardDocument } from '$lib/documents/register/card-document';
import { addDays, type LocalDate } from '$lib/domain/time/day';
import { cardNumberFrom, shownCardDocuments } from './demo-cards';
import { seededRandom, wholeNumber, type Random } from './random';

/** As many cards as the model city has in use. */
export const demoCardCount = 400;

const initials = 'AEHIJKLMNOPRSTVÄ';

function schemeOf(random: Random): { scheme: string; validDays: number } {
  const draw = random();
  if (draw < 0.6) return { scheme: 'hyvinvointikortti', validDays: 364 };
  if (draw < 0.85) return { scheme: 'seniorikortti', validDays: 3 * 365 };
  return { scheme: 'erityisliikuntakortti', validDays: 2 * 365 };
}

type State = Pick<CardDocument, 'status' | 'statusUntil'>;

/** Most cards are active; sixteen in a hundred have some problem. */
function stateOf(random: Random, today: LocalDate): State & { age?: 'expired' | 'in-grace' | 'not-yet' } {
  const draw = Math.floor(random() * 100);
  if (draw < 2) return { status: 'suspended' };
  if (draw < 4) return { status: 'suspended', statusUntil: addDays(today, wholeNumber(random, 5, 40)) };
  if (draw < 6) return { status: 'lost' };
  if (draw < 8) return { status: 'replaced' };
  if (draw < 10) return { status: 'ended' };
  if (draw < 13) return { status: 'active', age: 'expired' };
  if (draw < 15) return { status: 'active', age: 'in-grace' };
  if (draw < 16) return { status: 'active', age: 'not-yet' };
  return { status: 'active' };
}

function firstDay(random: Random, today: LocalDate, validDays: number, age: string | undefined): LocalDate {
  switch (age) {
    case 'expired':
      return addDays(today, -validDays - wholeNumber(random, 60, 200));
    case 'in-grace':
      return addDays(today, -validDays - wholeNumber(random, 1, 10));
    case 'not-yet':
      return addDays(today, wholeNumber(random, 3, 60));
    default:
      return addDays(today, -wholeNumber(random, 0, validDays - 20));
  }
}

/** Codes of card stock that the city used earlier: a printed barcode, or a chip. */
function olderCodes(random: Random, index: number): CardDocument['codes'] {
  const draw = random();
  const serial = String(index).padStart(6, '0');
  if (draw < 0.05) return [{ kind: 'barcode', value: `LR1${serial.slice(1)}` }];
  if (draw < 0.08) return [{ kind: 'rfid', value: `04A2${serial}B80` }];
  if (draw < 0.09) {
    return [
      { kind: 'barcode', value: `LR2${serial.slice(1)}` },
      { kind: 'rfid', value: `04C7${serial}B80` },
    ];
  }
  return [];
}

/** The demo city's register: the printed cards first, then as many as make 400. No names. */
export function demoCardDocuments(today: LocalDate): CardDocument[] {
  const random = seededRandom(400);
  const cards = new Map(shownCardDocuments(today).map((card) => [card.number, card]));
  while (cards.size < demoCardCount) {
    const number = cardNumberFrom(String(wholeNumber(random, 3_000_000, 8_999_999)));
    const { scheme, validDays } = schemeOf(random);
    const { age, ...state } = stateOf(random, today);
    const validFrom = firstDay(random, today, validDays, age);
    const codes = olderCodes(random, cards.size);
    const letter = () => initials.charAt(wholeNumber(random, 0, initials.length - 1));
    const hint = random() < 0.05 ? { hint: `${letter()}${letter()}` } : {};
    cards.set(number, {
      _id: `card:${number}`,
      type: 'card',
      v: 1,
      number,
      codes,
      scheme,
      ...state,
      validFrom,
      validUntil: addDays(validFrom, validDays),
      ...hint,
    });
  }
  return [...cards.values()];
}
