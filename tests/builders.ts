import type {
  OfferingDocument,
  SchemeDocument,
  ServiceDocument,
  VenueDocument,
} from '../src/lib/documents/catalogue/catalogue-documents';
import type { CardDocument } from '../src/lib/documents/register/card-document';
import type {
  ChoiceDocument,
  ReleaseDocument,
  VisitDocument,
  VoidDocument,
} from '../src/lib/documents/visits/visit-documents';
import { checkDigit } from '../src/lib/domain/visit/card-number';

/** Documents as on the wire, valid except for what a test changes. */

/** A valid card number made from a small integer: cardNumber(1) is '00000013' or so. */
export function cardNumber(index: number): string {
  const digits = String(index).padStart(7, '0');
  return digits + checkDigit(digits);
}

export function aCard(number: string, changes: Partial<CardDocument> = {}): CardDocument {
  return {
    _id: `card:${number}`,
    type: 'card',
    v: 1,
    number,
    codes: [],
    scheme: 'warkaus',
    status: 'active',
    validFrom: '2026-01-01',
    validUntil: '2027-12-31',
    ...changes,
  };
}

const named = (name: string) => ({ fi: name, sv: name, en: name });

export function aScheme(id: string, changes: Partial<SchemeDocument> = {}): SchemeDocument {
  return {
    _id: `scheme:${id}`,
    type: 'scheme',
    v: 1,
    names: named(id),
    services: ['swim', 'gym'],
    graceDays: 0,
    endedChoiceFrees: false,
    hintShown: false,
    ...changes,
  };
}

export function aService(id: string, changes: Partial<ServiceDocument> = {}): ServiceDocument {
  return {
    _id: `service:${id}`,
    type: 'service',
    v: 1,
    names: named(id),
    sector: 'liikunta',
    venues: ['uimahalli'],
    rule: { kind: 'unlimited' },
    repeatMinutes: 120,
    ...changes,
  };
}

export function aVenue(id: string, changes: Partial<VenueDocument> = {}): VenueDocument {
  return {
    _id: `venue:${id}`,
    type: 'venue',
    v: 1,
    names: named(id),
    zone: 'Europe/Helsinki',
    exceptions: [],
    closedOnHolidays: false,
    stale: { afterDays: 7, then: 'ask' },
    ...changes,
  };
}

export function anOffering(id: string, changes: Partial<OfferingDocument> = {}): OfferingDocument {
  return {
    _id: `offering:${id}`,
    type: 'offering',
    v: 1,
    kind: 'course',
    names: named(id),
    service: 'course',
    venue: 'uimahalli',
    from: '2026-09-01',
    until: '2026-12-15',
    cancelled: false,
    ...changes,
  };
}

/** A ULID-shaped text made from a small integer; later ones sort later. */
export function ulidOf(index: number): string {
  return `01${String(index).padStart(24, '0')}`;
}

export function aVisit(desk: string, index: number, changes: Partial<VisitDocument> = {}): VisitDocument {
  return {
    _id: `visit:${desk}:${ulidOf(index)}`,
    type: 'visit',
    v: 1,
    card: cardNumber(1),
    scheme: 'warkaus',
    service: 'swim',
    venue: 'uimahalli',
    desk,
    at: '2026-11-22T08:00:00.000Z',
    zone: 'Europe/Helsinki',
    people: { holder: 1, children: 0, assistants: 0 },
    verdict: { outcome: 'admit', marks: [] },
    register: { asOf: '2026-11-22T07:00:00.000Z' },
    number: index,
    previous: '',
    ...changes,
  };
}

export function aVoid(visit: VisitDocument, changes: Partial<VoidDocument> = {}): VoidDocument {
  return {
    _id: `void:${visit._id}`,
    type: 'void',
    v: 1,
    visit: visit._id,
    card: visit.card,
    service: visit.service,
    desk: visit.desk,
    at: visit.at,
    ...changes,
  };
}

export function aChoice(desk: string, index: number, changes: Partial<ChoiceDocument> = {}): ChoiceDocument {
  return {
    _id: `choice:${desk}:${ulidOf(index)}`,
    type: 'choice',
    v: 1,
    card: cardNumber(1),
    scheme: 'warkaus',
    service: 'course',
    offering: 'watercolours',
    venue: 'uimahalli',
    desk,
    at: '2026-11-22T08:00:00.000Z',
    zone: 'Europe/Helsinki',
    register: { asOf: '2026-11-22T07:00:00.000Z' },
    ...changes,
  };
}

export function aRelease(choice: ChoiceDocument, changes: Partial<ReleaseDocument> = {}): ReleaseDocument {
  return {
    _id: `release:${choice._id}`,
    type: 'release',
    v: 1,
    choice: choice._id,
    card: choice.card,
    service: choice.service,
    offering: choice.offering,
    by: choice.desk,
    reason: 'undone',
    at: choice.at,
    ...changes,
  };
}
