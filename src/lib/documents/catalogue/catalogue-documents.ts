import * as v from 'valibot';
import {
  count,
  identifier,
  idOfKey,
  idOfType,
  keyPart,
  listOf,
  localDate,
  localizedText,
  localTime,
  zone,
} from '$lib/documents/fields';
import { officeKeyDocument } from '$lib/documents/office-key';
import { offeringKinds, type Offering } from '$lib/domain/catalogue/offering';
import type { Service, Venue } from '$lib/domain/catalogue/service';
import { symbologies } from '$lib/domain/code/symbologies';
import type { Scheme } from '$lib/domain/visit/card';
import { validityDuration } from '$lib/domain/visit/validity';
import { ruleField, ruleFromField } from './rule-fields';

const days = v.pipe(count, v.maxValue(36_600));
const duration = v.pipe(v.string(), v.regex(validityDuration, 'must be like P6M, P1Y or P30D'));

/** Children and assistants who come along (R11). */
export const companionsField = v.object({
  children: v.optional(count, 0),
  /** Children are under this age. It is only shown: the counter takes staff's word. */
  childrenUnder: v.optional(count, 18),
  assistant: v.optional(v.boolean(), false),
});

/** `scheme:ID`: a kind of card and the services it gives. */
export const schemeDocument = v.object({
  _id: idOfType('scheme'),
  type: v.literal('scheme'),
  v: v.literal(1),
  names: localizedText,
  services: listOf(identifier),
  graceDays: v.optional(days, 0),
  /** R14: how long the card is valid after its first visit, but never beyond its own last day. */
  startsOnFirstVisit: v.optional(duration),
  /** What the holder pays for the card, in euro cents. */
  fee: v.optional(count),
  companions: v.optional(companionsField),
  /** R7: this scheme's own rules, by service id. */
  rules: v.optional(v.record(identifier, ruleField)),
  /** R9: when a chosen offering ends, another may be chosen. */
  endedChoiceFrees: v.optional(v.boolean(), false),
  /** Whether a desk shows the card's hint (initials, birth year) to check identity. */
  hintShown: v.optional(v.boolean(), false),
});
export type SchemeDocument = v.InferOutput<typeof schemeDocument>;

const timeSpan = { from: localTime, to: localTime };
const weekday = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(7));
const openingHours = listOf(v.object({ weekdays: listOf(weekday, 7), ...timeSpan }), 100);

/** `service:ID`: something a card gives: swimming, a gym, a theatre evening. */
export const serviceDocument = v.object({
  _id: idOfType('service'),
  type: v.literal('service'),
  v: v.literal(1),
  names: localizedText,
  sector: identifier,
  venues: listOf(identifier),
  /** What one visit would have cost, in euro cents, for reports. */
  listPrice: v.optional(count),
  rule: ruleField,
  /** Through `until`, if a day is given. */
  paused: v.optional(
    v.object({ since: localDate, until: v.optional(localDate), why: v.optional(localizedText) }),
  ),
  hours: v.optional(openingHours),
  repeatMinutes: v.optional(count, 120),
});
export type ServiceDocument = v.InferOutput<typeof serviceDocument>;

/** `venue:ID`: a place with a counter. */
export const venueDocument = v.object({
  _id: idOfType('venue'),
  type: v.literal('venue'),
  v: v.literal(1),
  names: localizedText,
  zone: v.optional(zone, 'Europe/Helsinki'),
  /** The week; if absent, the venue doesn't say, and its desks are open whenever they are open. */
  hours: v.optional(openingHours),
  /** Other hours on some days; an empty list means closed. The first entry that fits a day counts. */
  exceptions: v.optional(
    listOf(
      v.object({
        from: localDate,
        to: localDate,
        hours: listOf(v.object(timeSpan), 100),
        why: v.optional(localizedText),
      }),
    ),
    [],
  ),
  closedOnHolidays: v.optional(v.boolean(), false),
  stale: v.optional(v.object({ afterDays: days, then: v.picklist(['admit', 'ask', 'refuse']) }), {
    afterDays: 7,
    then: 'ask',
  }),
});
export type VenueDocument = v.InferOutput<typeof venueDocument>;

/** `offering:ID`: a course, a performance or a day's meal of a service (R9, R10). */
export const offeringDocument = v.object({
  _id: idOfType('offering'),
  type: v.literal('offering'),
  v: v.literal(1),
  kind: v.picklist(offeringKinds),
  names: localizedText,
  service: identifier,
  venue: identifier,
  from: localDate,
  until: localDate,
  choosableUntil: v.optional(localDate),
  startsAt: v.optional(localTime),
  /** Places for card holders; absent: unlimited. */
  seats: v.optional(count),
  cancelled: v.optional(v.boolean(), false),
});
export type OfferingDocument = v.InferOutput<typeof offeringDocument>;

/** `key:KID`: a public key that verifies card codes (R2). KID is the beginning of its RFC 7638 thumbprint. */
export const keyDocument = v.object({
  _id: idOfKey('key'),
  type: v.literal('key'),
  v: v.literal(1),
  /** JSON Web Key of an Ed25519 public key (RFC 8037). */
  jwk: v.object({ kty: v.literal('OKP'), crv: v.literal('Ed25519'), x: keyPart }),
  /** First day on which it signs codes. */
  from: localDate,
  /** Last day on which its signatures are trusted; absent: until further notice. */
  until: v.optional(localDate),
});
export type KeyDocument = v.InferOutput<typeof keyDocument>;

/**
 * `rescue-key:KID`: the office's public key, with which a desk encrypts a rescue file (S16). KID as above.
 */
export const rescueKeyDocument = officeKeyDocument('rescue-key');
export type RescueKeyDocument = v.InferOutput<typeof rescueKeyDocument>;

/**
 * `settings:city`: the city's own name, and which codes its cards carry. Older documents have `demo`, which
 * nobody reads: the server says whether a store is a demo (GET /api/health), not a coordinator.
 */
export const settingsDocument = v.object({
  _id: v.literal('settings:city'),
  type: v.literal('settings'),
  v: v.literal(1),
  names: localizedText,
  /** Kinds of codes that cameras read in addition to those of our own cards; absent: the usual ones. */
  cameraCodes: v.optional(listOf(v.picklist(symbologies), symbologies.length)),
});
export type SettingsDocument = v.InferOutput<typeof settingsDocument>;

export type CatalogueDocument =
  | SchemeDocument
  | ServiceDocument
  | VenueDocument
  | OfferingDocument
  | KeyDocument
  | RescueKeyDocument
  | SettingsDocument;

/** The part of a catalogue document's `_id` after its type. */
export const idOf = (document: { _id: string; type: string }) => document._id.slice(document.type.length + 1);

export function schemeFromDocument(document: SchemeDocument): Scheme {
  const { services, graceDays, startsOnFirstVisit, companions, rules, endedChoiceFrees } = document;
  return {
    id: idOf(document),
    services,
    graceDays,
    endedChoiceFrees,
    ...(startsOnFirstVisit !== undefined && { startsOnFirstVisit }),
    ...(companions && { companions: { children: companions.children, assistant: companions.assistant } }),
    ...(rules && {
      rules: Object.fromEntries(
        Object.entries(rules).map(([service, rule]) => [service, ruleFromField(rule)]),
      ),
    }),
  };
}

export function serviceFromDocument(document: ServiceDocument): Service {
  const { sector, venues, rule, paused, hours, repeatMinutes } = document;
  return {
    id: idOf(document),
    sector,
    venues,
    rule: ruleFromField(rule),
    repeatMinutes,
    ...(paused && {
      paused: { since: paused.since, ...(paused.until !== undefined && { until: paused.until }) },
    }),
    ...(hours && { hours }),
  };
}

export function venueFromDocument(document: VenueDocument): Venue {
  const { zone, hours, exceptions, closedOnHolidays, stale } = document;
  return {
    id: idOf(document),
    zone,
    exceptions: exceptions.map(({ from, to, hours: spans }) => ({ from, to, hours: spans })),
    closedOnHolidays,
    stale,
    ...(hours && { hours }),
  };
}

export function offeringFromDocument(document: OfferingDocument): Offering {
  const { kind, service, venue, from, until, choosableUntil, startsAt, seats, cancelled } = document;
  return {
    id: idOf(document),
    kind,
    service,
    venue,
    from,
    until,
    isCancelled: cancelled,
    ...(choosableUntil !== undefined && { choosableUntil }),
    ...(startsAt !== undefined && { startsAt }),
    ...(seats !== undefined && { seats }),
  };
}

/** R2: what a key needs to have for verifying a signed code. */
export function publicKeyFromDocument(document: KeyDocument) {
  const { jwk, until } = document;
  return { kid: idOf(document), jwk, ...(until !== undefined && { until }) };
}
