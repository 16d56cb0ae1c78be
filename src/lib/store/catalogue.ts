import {
  schemeFromDocument,
  serviceFromDocument,
  venueFromDocument,
  type SchemeDocument,
  type ServiceDocument,
  type SettingsDocument,
  type VenueDocument,
} from '$lib/documents/catalogue-documents';
import type { Scheme } from '$lib/domain/card';
import type { Service, Venue } from '$lib/domain/service';
import type { TiskiDatabase } from './database';
import { catalogueDatabase } from './database-names';

/** What is given where: each entry with its document, which has the names. Maps are by id. */
export interface Catalogue {
  schemes: ReadonlyMap<string, { scheme: Scheme; document: SchemeDocument }>;
  services: ReadonlyMap<string, { service: Service; document: ServiceDocument }>;
  venues: ReadonlyMap<string, { venue: Venue; document: VenueDocument }>;
  city?: SettingsDocument;
}

interface Remembered {
  revision: string;
  catalogue: Catalogue;
}

// Every scan needs the catalogue, and it changes a few times a year.
const remembered = new WeakMap<TiskiDatabase, Remembered>();

/** The catalogue as last pulled; call it inside a transaction that has `cursors` and `catalogue`, or alone. */
export function readCatalogue(db: TiskiDatabase): Promise<Catalogue> {
  return db.transaction('r', db.cursors, db.catalogue, async () => {
    const cursor = await db.cursors.get(catalogueDatabase);
    const revision = cursor ? `${cursor.run}/${cursor.revision}` : 'none';
    const known = remembered.get(db);
    if (known?.revision === revision) return known.catalogue;
    const catalogue = await loadCatalogue(db);
    remembered.set(db, { revision, catalogue });
    return catalogue;
  });
}

async function loadCatalogue(db: TiskiDatabase): Promise<Catalogue> {
  const schemes = new Map<string, { scheme: Scheme; document: SchemeDocument }>();
  const services = new Map<string, { service: Service; document: ServiceDocument }>();
  const venues = new Map<string, { venue: Venue; document: VenueDocument }>();
  let city: SettingsDocument | undefined;
  for (const { document } of await db.catalogue.toArray()) {
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
      case 'settings':
        city = document;
        break;
    }
  }
  return { schemes, services, venues, ...(city === undefined ? {} : { city }) };
}
