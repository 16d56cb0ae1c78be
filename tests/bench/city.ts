import type { CardDocument } from '../../src/lib/documents/register/card-document';
import { addDays } from '../../src/lib/domain/time/day';
import type { RemoteDocument } from '../../src/lib/sync/ports';
import { aCard, aScheme, aService, aVenue, cardNumber } from '../builders';

/** The benches' demo city: one hall, one service under a season's limit. */
export const benchSector = 'liikunta';
export const benchService = 'swim';
export const benchVenue = 'uimahalli';

export const benchCatalogue = (): RemoteDocument[] => [
  aScheme('warkaus'),
  aService(benchService, {
    rule: { kind: 'limit', n: 1_000, per: 'season', seasonStarts: ['01-01'] },
    repeatMinutes: 120,
  }),
  aVenue(benchVenue),
];

/** Cards as varied as a city's: issued over two years, one in ten not active, a third of old stock. */
export const benchCards = (first: number, count: number): RemoteDocument[] =>
  Array.from({ length: count }, (_, index) => benchCard(first + index));

function benchCard(index: number): CardDocument {
  const scattered = (index * 7_919) % 730;
  return aCard(cardNumber(index), {
    validFrom: addDays('2025-01-01', scattered),
    validUntil: addDays('2027-01-01', (index * 104_729) % 730),
    status: index % 10 === 0 ? 'suspended' : 'active',
    codes: index % 3 === 0 ? [{ kind: 'barcode', value: `A${(index * 15_485_863) % 100_000_007}` }] : [],
  });
}
