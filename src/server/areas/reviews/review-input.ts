import {
  offeringFromDocument,
  schemeFromDocument,
  serviceFromDocument,
  venueFromDocument,
} from '$lib/documents/catalogue/catalogue-documents';
import { catalogueDatabase, registerDatabase, visitsDatabase } from '$lib/documents/databases';
import { isLogDocument, type TiskiDocument } from '$lib/documents/parse-document';
import { cardFromDocument } from '$lib/documents/register/card-document';
import type { ConflictContext } from '$lib/documents/review/find-conflicts';
import type { LogDocument } from '$lib/documents/visits/visit-documents';
import { daysReviewed } from '$lib/domain/review/days-reviewed';
import { day, type Instant } from '$lib/domain/time/day';
import { daysCounted } from '$lib/domain/visit/days-counted';
import type { CouchClient } from '../../couch/client';
import { isJsonObject } from '../../couch/json';
import { parsed, readDocuments, readRows } from '../../documents/read-documents';

/** Documents read at once: a desk's request fits in between. */
const pageSize = 1000;

/**
 * A sector's recent documents, and what they are checked against. The whole sector is read, because the time
 * in an id comes from the device's own clock, which may be wrong: 20,000 visits take about a second.
 */
export async function readReviewInput(
  client: CouchClient,
  sector: string,
  now: Date,
): Promise<{ documents: LogDocument[]; context: ConflictContext }> {
  const catalogue = await readDocuments(client, catalogueDatabase, {});
  const rules = contextOf(catalogue, now);
  const documents = await readRecent(client, visitsDatabase(sector), oldestByService(rules, now));
  const numbers = new Set(documents.flatMap((each) => ('card' in each ? [`card:${each.card}`] : [])));
  const cards = await readDocuments(client, registerDatabase, { keys: [...numbers] });
  return { documents, context: contextOf([...catalogue, ...cards], now) };
}

/**
 * From when on a service's visits matter to a conflict of today: a season's limit counts from its first day.
 */
function oldestByService({ services, schemes }: ConflictContext, now: Date): (service: string) => Instant {
  const all = [...services.values()];
  const kinds = [...schemes.values()];
  const days = new Map(
    all.map((each) => [
      each.id,
      Math.max(daysReviewed, daysCounted(each, { services: all, schemes: kinds })),
    ]),
  );
  return (service) => now.getTime() - (days.get(service) ?? daysReviewed) * day;
}

/** Everything except earlier visits, page by page: those are the most, and none of them is kept or parsed. */
async function readRecent(
  client: CouchClient,
  database: string,
  oldest: (service: string) => Instant,
): Promise<LogDocument[]> {
  const recent: LogDocument[] = [];
  let from = '';
  for (;;) {
    const range = new URLSearchParams({ startkey: JSON.stringify(from), limit: String(pageSize + 1) });
    const rows = await readRows(client, database, {}, `&${range.toString()}`);
    const documents = rows.slice(0, pageSize).map((row) => row['doc']);
    recent.push(
      ...documents
        .filter((each) => !isVisitBefore(each, oldest))
        .flatMap(parsed)
        .filter(isLogDocument),
    );
    const next = rows[pageSize]?.['id'];
    if (typeof next !== 'string') return recent;
    from = next;
  }
}

function isVisitBefore(document: unknown, oldest: (service: string) => Instant): boolean {
  if (!isJsonObject(document) || document['type'] !== 'visit') return false;
  const before = oldest(String(document['service']));
  if (Date.parse(String(document['at'])) >= before) return false;
  // R13: if nobody knows the time, the latest possible one counts.
  const doubt = document['timeUncertain'];
  return !isJsonObject(doubt) || Date.parse(String(doubt['until'] ?? doubt['from'])) < before;
}

function contextOf(documents: readonly TiskiDocument[], now: Date): ConflictContext {
  const services = new Map<string, ReturnType<typeof serviceFromDocument>>();
  const schemes = new Map<string, ReturnType<typeof schemeFromDocument>>();
  const offerings = new Map<string, ReturnType<typeof offeringFromDocument>>();
  const zones = new Map<string, string>();
  const cards = new Map<string, ReturnType<typeof cardFromDocument>>();
  for (const document of documents) {
    if (document.type === 'service') {
      const service = serviceFromDocument(document);
      services.set(service.id, service);
    } else if (document.type === 'scheme') {
      const scheme = schemeFromDocument(document);
      schemes.set(scheme.id, scheme);
    } else if (document.type === 'offering') {
      const offering = offeringFromDocument(document);
      offerings.set(offering.id, offering);
    } else if (document.type === 'venue') {
      const venue = venueFromDocument(document);
      zones.set(venue.id, venue.zone);
    } else if (document.type === 'card') cards.set(document.number, cardFromDocument(document));
  }
  return {
    services,
    schemes,
    offerings,
    zoneOf: (venue) => zones.get(venue) ?? 'Europe/Helsinki',
    card: (number) => cards.get(number),
    since: now.getTime() - daysReviewed * day,
    now: now.getTime(),
  };
}
