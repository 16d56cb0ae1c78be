import * as v from 'valibot';
import type { Scheme } from '$lib/domain/card';
import type { Service, Venue } from '$lib/domain/service';
import { count, identifier, localDate, localizedText, localTime, zone } from './fields';

const days = v.pipe(v.number(), v.integer(), v.minValue(0));

/** `scheme:ID`: a kind of card and the services it gives. */
export const schemeDocument = v.object({
  _id: v.pipe(v.string(), v.startsWith('scheme:')),
  type: v.literal('scheme'),
  v: v.literal(1),
  names: localizedText,
  services: v.array(identifier),
  graceDays: v.optional(days, 0),
  /** Whether a desk shows the card's hint (initials, birth year) to check identity. */
  hintShown: v.optional(v.boolean(), false),
});
export type SchemeDocument = v.InferOutput<typeof schemeDocument>;

const serviceRule = v.variant('kind', [
  v.object({ kind: v.literal('unlimited') }),
  v.object({
    kind: v.literal('limit'),
    n: v.pipe(v.number(), v.integer(), v.minValue(1)),
    per: v.picklist(['day', 'week', 'month', 'season', 'validity']),
    seasonStarts: v.optional(
      v.pipe(v.array(v.pipe(v.string(), v.regex(/^\d{2}-\d{2}$/, 'must be like 08-01'))), v.minLength(1)),
    ),
  }),
]);

/** `service:ID`: something a card gives: swimming, a gym, a theatre evening. */
export const serviceDocument = v.object({
  _id: v.pipe(v.string(), v.startsWith('service:')),
  type: v.literal('service'),
  v: v.literal(1),
  names: localizedText,
  sector: identifier,
  venues: v.array(identifier),
  /** What one visit would have cost, euro cents, for reports. */
  listPrice: v.optional(count),
  rule: serviceRule,
  paused: v.optional(v.object({ since: localDate, why: v.optional(localizedText) })),
  hours: v.optional(
    v.array(
      v.object({
        weekdays: v.array(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(7))),
        from: localTime,
        to: localTime,
      }),
    ),
  ),
  repeatMinutes: v.optional(count, 120),
});
export type ServiceDocument = v.InferOutput<typeof serviceDocument>;

/** `venue:ID`: a place with a counter. */
export const venueDocument = v.object({
  _id: v.pipe(v.string(), v.startsWith('venue:')),
  type: v.literal('venue'),
  v: v.literal(1),
  names: localizedText,
  zone: v.optional(zone, 'Europe/Helsinki'),
  closedOn: v.optional(v.array(localDate), []),
  stale: v.optional(v.object({ afterDays: days, then: v.picklist(['admit', 'ask', 'refuse']) }), {
    afterDays: 7,
    then: 'ask',
  }),
});
export type VenueDocument = v.InferOutput<typeof venueDocument>;

/** `settings:city`: the city's own name and whether all of this is a made-up demo. */
export const settingsDocument = v.object({
  _id: v.literal('settings:city'),
  type: v.literal('settings'),
  v: v.literal(1),
  names: localizedText,
  demo: v.optional(v.boolean(), false),
});
export type SettingsDocument = v.InferOutput<typeof settingsDocument>;

export type CatalogueDocument = SchemeDocument | ServiceDocument | VenueDocument | SettingsDocument;

const idOf = (document: { _id: string; type: string }) => document._id.slice(document.type.length + 1);

export function schemeFromDocument(document: SchemeDocument): Scheme {
  return { id: idOf(document), services: document.services, graceDays: document.graceDays };
}

export function serviceFromDocument(document: ServiceDocument): Service {
  const { sector, venues, rule, paused, hours, repeatMinutes } = document;
  return {
    id: idOf(document),
    sector,
    venues,
    rule:
      rule.kind === 'limit' && rule.seasonStarts === undefined
        ? { kind: 'limit', n: rule.n, per: rule.per }
        : (rule as Service['rule']),
    repeatMinutes,
    ...(paused === undefined ? {} : { paused: { since: paused.since } }),
    ...(hours === undefined ? {} : { hours }),
  };
}

export function venueFromDocument(document: VenueDocument): Venue {
  const { zone, closedOn, stale } = document;
  return { id: idOf(document), zone, closedOn, stale };
}
