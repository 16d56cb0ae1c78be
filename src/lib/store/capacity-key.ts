import type { VisitDocument } from '$lib/documents/visits/visit-documents';
import { localDate, type LocalDate } from '$lib/domain/time/day';

/** What visits take places of, as an index key: an offering's seats, or a day's portions at a venue (R10). */

export const seatsKey = (offering: string): string => `offering:${offering}`;

export const portionsKey = (service: string, venue: string, date: LocalDate): string =>
  `portions:${service}:${venue}:${date}`;

export function capacityKeyOf(visit: VisitDocument): string | undefined {
  if (visit.offering !== undefined) return seatsKey(visit.offering);
  if (visit.portions === undefined) return undefined;
  return portionsKey(visit.service, visit.venue, localDate(Date.parse(visit.at), visit.zone));
}
