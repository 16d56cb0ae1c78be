import {
  offeringFromDocument,
  schemeFromDocument,
  serviceFromDocument,
  venueFromDocument,
  type CatalogueDocument,
  type KeyDocument,
  type OfferingDocument,
  type RescueKeyDocument,
  type SchemeDocument,
  type ServiceDocument,
  type SettingsDocument,
  type VenueDocument,
} from '$lib/documents/catalogue/catalogue-documents';
import { catalogueDatabase } from '$lib/documents/databases';
import type { Offering } from '$lib/domain/catalogue/offering';
import type { Service, Venue } from '$lib/domain/catalogue/service';
import type { Scheme } from '$lib/domain/visit/card';
import type { TiskiDatabase } from './database';

/** What is given where: each entry with its document, which has the names. Maps are by id. */
export interface Catalogue {
  schemes: ReadonlyMap<string, { scheme: Scheme; document: SchemeDocument }>;
  services: ReadonlyMap<string, { service: Service; document: ServiceDocument }>;
  venues: ReadonlyMap<string, { venue: Venue; document: VenueDocument }>;
  offerings: ReadonlyMap<string, { offering: Offering; document: OfferingDocument }>;
  /** R2: the public keys that verify card codes. */
  keys: readonly KeyDocument[];
  /** S16: the public keys for rescue files. */
  rescueKeys: readonly RescueKeyDocument[];
  city?: SettingsDocument;
}

interface Remembered {
  revision: string;
  catalogue: Catalogue;
}

// Every scan needs the catalogue, and it changes only a few times a year.
const remembered = new WeakMap<TiskiDatabase, Remembered>();

/**
 * The catalogue as last pulled; call it alone, or inside a transaction that has `cursors` and `catalogue`.
 */
export function readCatalogue(db: TiskiDatabase): Promise<Catalogue> {
  return db.transaction('r', db.cursors, db.catalogue, async () => catalogueWithin(db));
}

/** The same, inside the caller's transaction. */
export function catalogueWithin(db: TiskiDatabase): Promise<Catalogue> {
  return db.cursors.get(catalogueDatabase).then((cursor) => {
    const revision = cursor ? `${cursor.run}/${cursor.revision}` : 'none';
    const known = remembered.get(db);
    if (known?.revision === revision) return known.catalogue;
    return db.catalogue.toArray((rows) => {
      const catalogue = catalogueOf(rows.map(({ document }) => document));
      remembered.set(db, { revision, catalogue });
      return catalogue;
    });
  });
}

export function catalogueOf(documents: readonly CatalogueDocument[]): Catalogue {
  const schemes = new Map<string, { scheme: Scheme; document: SchemeDocument }>();
  const services = new Map<string, { service: Service; document: ServiceDocument }>();
  const venues = new Map<string, { venue: Venue; document: VenueDocument }>();
  const offerings = new Map<string, { offering: Offering; document: OfferingDocument }>();
  const keys: KeyDocument[] = [];
  const rescueKeys: RescueKeyDocument[] = [];
  let city: SettingsDocument | undefined;
  for (const document of documents) {
    switch (document.type) {
      case 'scheme': {
        const scheme = schemeFromDocument(document);
        schemes.set(scheme.id, { scheme, document });
        break;
      }
      case 'service': {
        const service = serviceFromDocument(document);
        services.set(service.id, { service, document });
        break;
      }
      case 'venue': {
        const venue = venueFromDocument(document);
        venues.set(venue.id, { venue, document });
        break;
      }
      case 'offering': {
        const offering = offeringFromDocument(document);
        offerings.set(offering.id, { offering, document });
        break;
      }
      case 'key':
        keys.push(document);
        break;
      case 'rescue-key':
        rescueKeys.push(document);
        break;
      case 'settings':
        city = document;
        break;
    }
  }
  return { schemes, services, venues, offerings, keys, rescueKeys, ...(city === undefined ? {} : { city }) };
}

/** The offerings of a service at a venue, soonest first. */
export function offeringsOf({ offerings }: Catalogue, service: string, venue: string): Offering[] {
  return [...offerings.values()]
    .map(({ offering }) => offering)
    .filter((offering) => offering.service === service && offering.venue === venue)
    .sort((a, b) => (`${a.from} ${a.startsAt ?? ''}` < `${b.from} ${b.startsAt ?? ''}` ? -1 : 1));
}
