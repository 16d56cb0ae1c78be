import { afterEach, describe, expect, it } from 'vitest';
import {
  schemeFromDocument,
  serviceFromDocument,
  venueFromDocument,
  type SchemeDocument,
  type ServiceDocument,
} from '$lib/documents/catalogue/catalogue-documents';
import { overwriteGetLocale } from '$lib/paraglide/runtime';
import { aScheme, aService, aVenue } from '../../../tests/builders';
import { ruleSentence, schemeSentence } from './rule-sentence';

let language: 'fi' | 'sv' | 'en' = 'en';
overwriteGetLocale(() => language);
afterEach(() => (language = 'en'));

const weekdays = [1, 2, 3, 4, 5];
function sentence(
  service: Partial<ServiceDocument>,
  { scheme, holidays = false }: { scheme?: Partial<SchemeDocument>; holidays?: boolean } = {},
) {
  const venue = venueFromDocument(aVenue('hall', { closedOnHolidays: holidays }));
  const document = scheme && aScheme('card', { services: ['swim'], ...scheme });
  return ruleSentence({
    service: serviceFromDocument(aService('swim', service)),
    venue,
    ...(document && {
      scheme: { ...schemeFromDocument(document), childrenUnder: document.companions?.childrenUnder ?? 18 },
    }),
  });
}

const family = { companions: { children: 2, childrenUnder: 18, assistant: false } };
const onceADay: Partial<ServiceDocument> = {
  rule: { kind: 'limit', n: 1, per: 'day' },
  hours: [{ weekdays, from: '06:00', to: '15:00' }],
};

describe('what a rule means', () => {
  it('is said in each language', () => {
    expect(sentence(onceADay, { scheme: family })).toBe(
      'Once a day, Mon–Fri 6–15, children under 18 allowed: 2.',
    );
    language = 'fi';
    expect(sentence(onceADay, { scheme: family })).toBe(
      'Kerran päivässä, ma–pe 6–15, mukana alle 18-vuotiaita lapsia: 2.',
    );
    language = 'sv';
    expect(sentence(onceADay, { scheme: family })).toBe(
      'En gång om dagen, mån–fre 6–15, barn under 18 år med: 2.',
    );
  });

  it.each<[string, Partial<ServiceDocument>]>([
    ['Without a limit.', {}],
    ['3 times a week.', { rule: { kind: 'limit', n: 3, per: 'week' } }],
    ['Once while the card is valid.', { rule: { kind: 'limit', n: 1, per: 'validity' } }],
    [
      'Once a day, over all services of the sector.',
      { rule: { kind: 'limit', n: 1, per: 'day', over: 'sector' } },
    ],
    [
      '3 times a season, the season starts on 1 January and 1 August.',
      { rule: { kind: 'limit', n: 3, per: 'season', seasonStarts: ['01-01', '08-01'] } },
    ],
    ['One course, or other offering, of the holder’s own choice.', { rule: { kind: 'choice', n: 1 } }],
    ['2 courses, or other offerings, of the holder’s own choice.', { rule: { kind: 'choice', n: 2 } }],
    ['The day’s performances or events, while seats last.', { rule: { kind: 'listed' } }],
    [
      'The day’s performances or events, while seats last, 2 times a season, the season starts on 1 January.',
      { rule: { kind: 'listed', limit: { n: 2, per: 'season' } } },
    ],
    ['At most 40 portions a day per venue.', { rule: { kind: 'portions', perDay: 40 } }],
    [
      'Without a limit, Mon, Wed–Thu 6:30–9, Sun 10–16.',
      {
        hours: [
          { weekdays: [1, 3, 4], from: '06:30', to: '09:00' },
          { weekdays: [7], from: '10:00', to: '16:00' },
        ],
      },
    ],
    ['Without a limit. Paused since 01/09/2026.', { paused: { since: '2026-09-01' } }],
    [
      'Without a limit. Paused 01/09/2026–31/12/2026.',
      { paused: { since: '2026-09-01', until: '2026-12-31' } },
    ],
  ])('%s', (text, service) => {
    expect(sentence(service)).toBe(text);
  });

  it('includes what the scheme adds', () => {
    expect(sentence({}, { holidays: true })).toBe('Without a limit, closed on public holidays.');
    const companions = { children: 0, childrenUnder: 18, assistant: true };
    const rules = { swim: { kind: 'limit', n: 2, per: 'month' } } as const;
    expect(sentence({}, { scheme: { companions, rules } })).toBe('2 times a month, an assistant allowed.');
  });

  it('ends a Finnish day and a sentence with one full stop', () => {
    language = 'fi';
    const rule = { kind: 'limit' as const, n: 3, per: 'season' as const, seasonStarts: ['01-01', '08-01'] };
    expect(sentence({ rule })).toBe('3 kertaa kaudessa, kausi alkaa 1.1. ja 1.8.');
  });

  it('R4 R14 gives what applies to the card whatever the service', () => {
    const told = (changes: Partial<SchemeDocument>) =>
      schemeSentence(schemeFromDocument(aScheme('card', changes)));
    expect(told({})).toBe('');
    expect(told({ startsOnFirstVisit: 'P6M', graceDays: 1 })).toBe(
      'The card is valid for 6 months from the first visit. The card is still admitted for a day after its last day.',
    );
    expect(told({ startsOnFirstVisit: 'P1Y' })).toBe('The card is valid for a year from the first visit.');
    language = 'fi';
    expect(told({ startsOnFirstVisit: 'P30D', graceDays: 14 })).toBe(
      'Kortti on voimassa 30 päivää ensimmäisestä käynnistä. Kortti käy vielä 14 päivää voimassaolon päätyttyä.',
    );
  });
});
