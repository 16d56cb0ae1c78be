import {
  idOf,
  type CatalogueDocument,
  type OfferingDocument,
  type SchemeDocument,
  type ServiceDocument,
  type VenueDocument,
} from '$lib/documents/catalogue/catalogue-documents';
import { ruleFromField, type RuleField } from '$lib/documents/catalogue/rule-fields';
import { choicesAllowed, limitOf, portionsPerDay } from '$lib/domain/catalogue/service';
import { m } from '$lib/paraglide/messages';

/**
 * What an edit would leave stranded: cards without a service, visits that no longer count, desks without
 * rights.
 */
export type Stranding =
  /** Ids of what is meant. */
  | { kind: 'service-removed'; scheme: string; service: string }
  | { kind: 'venue-removed'; service: string; venue: string }
  | { kind: 'sector-changed' }
  | { kind: 'new-sector' }
  | { kind: 'choices-idle' }
  | { kind: 'rule-tighter' }
  | { kind: 'fewer-seats' }
  | { kind: 'offering-moved' }
  | { kind: 'offering-cancelled'; offering: string }
  | { kind: 'offering-shortened' }
  | { kind: 'zone-changed' }
  | { kind: 'first-visit-changed' };

/** What saving `after` over `before` would strand; a new document can only strand its desks' rights. */
export function explainStranding(
  before: CatalogueDocument | undefined,
  after: CatalogueDocument,
  catalogue: readonly CatalogueDocument[],
): Stranding[] {
  if (after.type === 'service') {
    return ofService(before?.type === 'service' ? before : undefined, after, catalogue);
  }
  if (!before) return [];
  if (before.type === 'scheme' && after.type === 'scheme') return ofScheme(before, after);
  if (before.type === 'venue' && after.type === 'venue') return ofVenue(before, after);
  if (before.type === 'offering' && after.type === 'offering') return ofOffering(before, after);
  return [];
}

function ofService(
  before: ServiceDocument | undefined,
  after: ServiceDocument,
  catalogue: readonly CatalogueDocument[],
): Stranding[] {
  const isKnown = catalogue.some((each) => each.type === 'service' && each.sector === after.sector);
  if (!before) return isKnown ? [] : [{ kind: 'new-sector' }];
  const removed = before.venues.filter((venue) => !after.venues.includes(venue));
  return [
    ...removed.map((venue): Stranding => ({ kind: 'venue-removed', service: idOf(after), venue })),
    ...(before.sector === after.sector ? [] : [{ kind: 'sector-changed' } as const]),
    ...ofRule(before.rule, after.rule),
  ];
}

function ofRule(before: RuleField, after: RuleField): Stranding[] {
  const [oldRule, freshRule] = [ruleFromField(before), ruleFromField(after)];
  const [chosen, choosable] = [choicesAllowed(oldRule), choicesAllowed(freshRule)];
  if (chosen !== undefined && choosable === undefined) return [{ kind: 'choices-idle' }];
  const [old, fresh] = [limitOf(oldRule), limitOf(freshRule)];
  const starts = (each: typeof old) => JSON.stringify(each?.seasonStarts ?? ['01-01']);
  const isTighter =
    fresh !== undefined &&
    (old === undefined ||
      fresh.n < old.n ||
      fresh.per !== old.per ||
      (fresh.over ?? 'service') !== (old.over ?? 'service') ||
      (fresh.per === 'season' && starts(fresh) !== starts(old)));
  const isFewer = (from: number | undefined, to: number | undefined) =>
    from !== undefined && to !== undefined && to < from;
  const hasFewer = isFewer(chosen, choosable) || isFewer(portionsPerDay(oldRule), portionsPerDay(freshRule));
  return isTighter || hasFewer ? [{ kind: 'rule-tighter' }] : [];
}

function ofScheme(before: SchemeDocument, after: SchemeDocument): Stranding[] {
  const scheme = idOf(after);
  const removed = before.services.filter((service) => !after.services.includes(service));
  return [
    ...removed.map((service): Stranding => ({ kind: 'service-removed', scheme, service })),
    ...after.services.flatMap((service) => {
      const [old, fresh] = [before.rules?.[service], after.rules?.[service]];
      return old && fresh ? ofRule(old, fresh) : [];
    }),
    ...(before.startsOnFirstVisit === after.startsOnFirstVisit
      ? []
      : [{ kind: 'first-visit-changed' } as const]),
  ];
}

const ofVenue = (before: VenueDocument, after: VenueDocument): Stranding[] =>
  before.zone === after.zone ? [] : [{ kind: 'zone-changed' }];

function ofOffering(before: OfferingDocument, after: OfferingDocument): Stranding[] {
  const hasFewer = after.seats !== undefined && (before.seats === undefined || after.seats < before.seats);
  return [
    ...(hasFewer ? [{ kind: 'fewer-seats' } as const] : []),
    ...(before.service !== after.service || before.venue !== after.venue
      ? [{ kind: 'offering-moved' } as const]
      : []),
    ...(!before.cancelled && after.cancelled
      ? [{ kind: 'offering-cancelled', offering: idOf(after) } as const]
      : []),
    ...(after.from > before.from || after.until < before.until
      ? [{ kind: 'offering-shortened' } as const]
      : []),
  ];
}

/** @param name a document's name, by its `_id` */
export function strandingText(stranding: Stranding, name: (id: string) => string): string {
  switch (stranding.kind) {
    case 'service-removed':
      return m.catalogue_strand_service_removed({
        scheme: name(`scheme:${stranding.scheme}`),
        service: name(`service:${stranding.service}`),
      });
    case 'venue-removed':
      return m.catalogue_strand_venue_removed({
        service: name(`service:${stranding.service}`),
        venue: name(`venue:${stranding.venue}`),
      });
    case 'sector-changed':
      return m.catalogue_strand_sector();
    case 'new-sector':
      return m.catalogue_strand_new_sector();
    case 'choices-idle':
      return m.catalogue_strand_choices();
    case 'rule-tighter':
      return m.catalogue_strand_rule();
    case 'fewer-seats':
      return m.catalogue_strand_seats();
    case 'offering-moved':
      return m.catalogue_strand_moved();
    case 'offering-cancelled':
      return m.catalogue_strand_cancelled({ name: name(`offering:${stranding.offering}`) });
    case 'offering-shortened':
      return m.catalogue_strand_shortened();
    case 'zone-changed':
      return m.catalogue_strand_zone();
    case 'first-visit-changed':
      return m.catalogue_strand_first_visit();
  }
}
