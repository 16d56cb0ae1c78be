import type { CardDocument } from '$lib/documents/register/card-document';
import { addDays, type LocalDate } from '$lib/domain/time/day';
import { checkDigit } from '$lib/domain/visit/card-number';

/** What a tester sees of a demo card: one kind for every verdict that a card can cause. */
export const demoCardKinds = [
  'admitted',
  'in-grace',
  'suspension-over',
  'old-barcode',
  'children',
  'assistant',
  'group',
  'half-year',
  'half-year-over',
  'performance',
  'choose-course',
  'course-chosen',
  'portions',
  'limit-reached',
  'suspended',
  'suspended-until',
  'lost',
  'replaced',
  'ended',
  'not-yet-valid',
  'expired',
  'not-included',
  'paused',
  'closed',
  'outside-hours',
  'unknown-card',
  'mistyped',
  'not-a-card',
] as const;
export type DemoCardKind = (typeof demoCardKinds)[number];

/** A card to print and hold before a camera. */
export interface DemoCard {
  kind: DemoCardKind;
  /** The content of its QR code and its barcode. */
  code: string;
  /** Where, and with which service, the kind shows. */
  venue: string;
  service: string;
}

/** Makes eight digits from seven. */
export const cardNumberFrom = (digits: string) => `${digits}${checkDigit(digits)}`;

interface Shown extends Omit<DemoCard, 'code'> {
  /** First seven digits of the card's number. */
  digits: string;
  scheme?: string;
  card?: Partial<Pick<CardDocument, 'status' | 'codes' | 'groupSize'>>;
  /** Relative to the day the city is made: first and last valid day, last day of a suspension. */
  from?: number;
  until?: number;
  statusUntil?: number;
}

const swimming = { venue: 'uimahalli', service: 'uinti' };
const evening = { venue: 'teatteri', service: 'teatteri' };
const courses = { venue: 'opisto', service: 'opisto' };
const oldStockCode = 'LR004711';

/** Spans are long, so that a demo city kept for weeks still shows what its cards promise. */
const shown: Shown[] = [
  { kind: 'admitted', digits: '2024001', ...swimming },
  { kind: 'in-grace', digits: '2024002', ...swimming, from: -366, until: -1 },
  { kind: 'suspension-over', digits: '2024003', ...swimming, card: { status: 'suspended' }, statusUntil: -1 },
  {
    kind: 'old-barcode',
    digits: '2024004',
    ...swimming,
    card: { codes: [{ kind: 'barcode', value: oldStockCode }] },
  },
  { kind: 'children', digits: '2024017', ...swimming, scheme: 'liikuntapassi', until: 700 },
  { kind: 'assistant', digits: '2024018', ...swimming, scheme: 'erityisliikuntakortti' },
  { kind: 'group', digits: '2024019', ...swimming, scheme: 'yhteisokortti', card: { groupSize: 8 } },
  { kind: 'half-year', digits: '2024020', ...swimming, scheme: 'liikuntapassi', from: -10, until: 700 },
  { kind: 'half-year-over', digits: '2024021', ...swimming, scheme: 'liikuntapassi', from: -250, until: 700 },
  { kind: 'performance', digits: '2024022', ...evening },
  { kind: 'choose-course', digits: '2024023', ...courses },
  { kind: 'course-chosen', digits: '2024024', ...courses },
  { kind: 'portions', digits: '2024025', venue: 'keskuskeittio', service: 'lounas' },
  { kind: 'limit-reached', digits: '2024005', venue: 'uimahalli', service: 'vesijumppa' },
  { kind: 'suspended', digits: '2024006', ...swimming, card: { status: 'suspended' } },
  { kind: 'suspended-until', digits: '2024007', ...swimming, card: { status: 'suspended' }, statusUntil: 60 },
  { kind: 'lost', digits: '2024008', ...swimming, card: { status: 'lost' } },
  { kind: 'replaced', digits: '2024009', ...swimming, card: { status: 'replaced' } },
  { kind: 'ended', digits: '2024010', ...swimming, card: { status: 'ended' } },
  { kind: 'not-yet-valid', digits: '2024011', ...swimming, from: 60, until: 425 },
  { kind: 'expired', digits: '2024012', ...swimming, from: -500, until: -135 },
  { kind: 'not-included', digits: '2024013', ...swimming, scheme: 'seniorikortti' },
  { kind: 'paused', digits: '2024014', venue: 'keskuskeittio', service: 'ylijaamaruoka' },
  { kind: 'closed', digits: '2024015', venue: 'kuntosali-satama', service: 'kuntosali' },
  {
    kind: 'outside-hours',
    digits: '2024016',
    venue: 'uimahalli',
    service: 'aamu-uinti',
    scheme: 'seniorikortti',
  },
];

/** A valid number that no card of the city carries. */
const unknownNumber = cardNumberFrom('2024900');
/** Another venue's QR code. */
const foreignCode = 'https://example.com';

/** The number of a kind's card; the visits of the 'limit-reached' card use up its limits. */
export function shownCardNumber(kind: DemoCardKind): string {
  const card = shown.find((each) => each.kind === kind);
  return card === undefined ? unknownNumber : cardNumberFrom(card.digits);
}

/** The cards to print, in the order in which a newcomer tries them. */
export function demoCards(): DemoCard[] {
  const registered = shown.map(({ kind, digits, venue, service, card }) => ({
    kind,
    code: card?.codes?.[0]?.value ?? cardNumberFrom(digits),
    venue,
    service,
  }));
  // The admitted card's number with its last two digits swapped.
  const mistyped = shownCardNumber('admitted').replace(/(\d)(\d)$/, '$2$1');
  return [
    ...registered,
    { kind: 'unknown-card', code: unknownNumber, ...swimming },
    { kind: 'mistyped', code: mistyped, ...swimming },
    { kind: 'not-a-card', code: foreignCode, ...swimming },
  ];
}

/** The register's documents of the printed cards. */
export function shownCardDocuments(today: LocalDate): CardDocument[] {
  return shown.map(({ digits, scheme, card, from, until, statusUntil }) => ({
    _id: `card:${cardNumberFrom(digits)}`,
    type: 'card',
    v: 1,
    number: cardNumberFrom(digits),
    codes: [],
    scheme: scheme ?? 'hyvinvointikortti',
    status: 'active',
    validFrom: addDays(today, from ?? -30),
    validUntil: addDays(today, until ?? 335),
    ...(statusUntil === undefined ? {} : { statusUntil: addDays(today, statusUntil) }),
    ...card,
  }));
}
