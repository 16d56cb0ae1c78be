import type {
  CatalogueDocument,
  SchemeDocument,
  ServiceDocument,
  SettingsDocument,
  VenueDocument,
} from '$lib/documents/catalogue/catalogue-documents';
import type { RuleField } from '$lib/documents/catalogue/rule-fields';
import type { LocalizedText } from '$lib/documents/fields';
import { addDays, type LocalDate } from '$lib/domain/time/day';
import { demoOfferings } from './offerings';

/** The time zone of all the demo city's venues. */
export const demoZone = 'Europe/Helsinki';

/** School terms, by which the aqua exercise groups count. */
const terms = ['01-01', '08-01'];
/** The theatre's season. */
const theatreYear = ['08-01'];
/** Once a day across all sports venues. */
const onceADay: RuleField = { kind: 'limit', n: 1, per: 'day', over: 'sector' };

const names = (fi: string, sv: string, en: string): LocalizedText => ({ fi, sv, en });

type SchemeRest = Partial<
  Pick<SchemeDocument, 'fee' | 'startsOnFirstVisit' | 'companions' | 'rules' | 'endedChoiceFrees'>
>;

function scheme(
  id: string,
  name: LocalizedText,
  services: string[],
  graceDays: number,
  rest: SchemeRest = {},
): SchemeDocument {
  return {
    _id: `scheme:${id}`,
    type: 'scheme',
    v: 1,
    names: name,
    services,
    graceDays,
    endedChoiceFrees: false,
    hintShown: false,
    ...rest,
  };
}

function venue(id: string, name: LocalizedText, exceptions: VenueDocument['exceptions'] = []): VenueDocument {
  return {
    _id: `venue:${id}`,
    type: 'venue',
    v: 1,
    names: name,
    zone: demoZone,
    exceptions,
    closedOnHolidays: false,
    stale: { afterDays: 7, then: 'ask' },
  };
}

function service(
  id: string,
  name: LocalizedText,
  rest: Pick<ServiceDocument, 'sector' | 'venues' | 'listPrice' | 'rule' | 'paused' | 'hours'>,
): ServiceDocument {
  return { _id: `service:${id}`, type: 'service', v: 1, names: name, repeatMinutes: 120, ...rest };
}

export const demoSettings: SettingsDocument = {
  _id: 'settings:city',
  type: 'settings',
  v: 1,
  names: names('Lehtoranta', 'Lehtoranta', 'Lehtoranta'),
};

export const demoSchemes: SchemeDocument[] = [
  scheme(
    'hyvinvointikortti',
    names('Hyvinvointikortti', 'Välfärdskort', 'Wellbeing card'),
    ['uinti', 'kuntosali', 'vesijumppa', 'teatteri', 'opisto', 'ylijaamaruoka', 'lounas'],
    30,
    { endedChoiceFrees: true },
  ),
  scheme(
    'seniorikortti',
    names('Seniorikortti', 'Seniorkort', 'Senior card'),
    ['aamu-uinti', 'kuntosali', 'vesijumppa'],
    14,
  ),
  scheme(
    'erityisliikuntakortti',
    names('Erityisliikuntakortti', 'Kort för specialmotion', 'Special exercise card'),
    ['uinti', 'kuntosali', 'vesijumppa'],
    30,
    { companions: { children: 0, childrenUnder: 18, assistant: true } },
  ),
  // Bought, and valid for half a year from the first visit; children of the family come along.
  scheme('liikuntapassi', names('Liikuntapassi', 'Motionspass', 'Sports pass'), ['uinti', 'kuntosali'], 0, {
    fee: 3900,
    startsOnFirstVisit: 'P6M',
    companions: { children: 2, childrenUnder: 18, assistant: false },
    rules: { uinti: onceADay, kuntosali: onceADay },
  }),
  scheme(
    'yhteisokortti',
    names('Yhteisökortti', 'Gemenskapskort', 'Community card'),
    ['uinti', 'teatteri'],
    0,
  ),
];

const gyms = ['kuntosali-keskusta', 'kuntosali-lehto', 'kuntosali-satama'];

/** The venues; the harbour gym is being renovated for three months from `today`. */
export function demoVenues(today: LocalDate): VenueDocument[] {
  const renovation = {
    from: today,
    to: addDays(today, 91),
    hours: [],
    why: names('Remontti', 'Renovering', 'Renovation'),
  };
  return [
    venue('uimahalli', names('Lehtorannan uimahalli', 'Lehtoranta simhall', 'Lehtoranta swimming hall')),
    venue('kuntosali-keskusta', names('Keskustan kuntosali', 'Centrums gym', 'Town centre gym')),
    venue('kuntosali-lehto', names('Lehdon kuntosali', 'Lundens gym', 'Grove gym')),
    venue('kuntosali-satama', names('Sataman kuntosali', 'Hamnens gym', 'Harbour gym'), [renovation]),
    venue('teatteri', names('Lehtorannan teatteri', 'Lehtoranta teater', 'Lehtoranta theatre')),
    venue(
      'opisto',
      names(
        'Lehtorannan kansalaisopisto',
        'Lehtoranta medborgarinstitut',
        'Lehtoranta adult education centre',
      ),
    ),
    venue('keskuskeittio', names('Keskuskeittiö', 'Centralköket', 'Central kitchen')),
  ];
}

/** The services, with prices in euro cents; surplus food has been paused for over a year. */
export function demoServices(today: LocalDate): ServiceDocument[] {
  return [
    service('uinti', names('Uinti', 'Simning', 'Swimming'), {
      sector: 'liikunta',
      venues: ['uimahalli'],
      listPrice: 750,
      rule: { kind: 'limit', n: 1, per: 'day' },
    }),
    service('aamu-uinti', names('Aamu-uinti', 'Morgonsim', 'Morning swim'), {
      sector: 'liikunta',
      venues: ['uimahalli'],
      listPrice: 500,
      rule: { kind: 'unlimited' },
      hours: [{ weekdays: [1, 2, 3, 4, 5], from: '06:00', to: '09:00' }],
    }),
    service('vesijumppa', names('Vesijumppa', 'Vattengympa', 'Aqua exercise'), {
      sector: 'liikunta',
      venues: ['uimahalli'],
      listPrice: 900,
      rule: { kind: 'limit', n: 3, per: 'season', seasonStarts: terms },
    }),
    service('kuntosali', names('Kuntosali', 'Gym', 'Gym'), {
      sector: 'liikunta',
      venues: gyms,
      listPrice: 600,
      rule: { kind: 'unlimited' },
    }),
    service('teatteri', names('Teatterinäytös', 'Teaterföreställning', 'Theatre performance'), {
      sector: 'kulttuuri',
      venues: ['teatteri'],
      listPrice: 2800,
      rule: { kind: 'listed', limit: { n: 4, per: 'season', seasonStarts: theatreYear } },
    }),
    service('opisto', names('Opiston kurssi', 'Institutets kurs', 'Course at the adult education centre'), {
      sector: 'opisto',
      venues: ['opisto'],
      listPrice: 6500,
      rule: { kind: 'choice', n: 1 },
    }),
    service('ylijaamaruoka', names('Ylijäämäruoka', 'Överskottsmat', 'Surplus food'), {
      sector: 'ruoka',
      venues: ['keskuskeittio'],
      listPrice: 300,
      rule: { kind: 'portions', perDay: 40 },
      paused: {
        since: addDays(today, -500),
        why: names('Kuljetuksia ei ole.', 'Det finns inga transporter.', 'There is no transport.'),
      },
    }),
    service('lounas', names('Lounas', 'Lunch', 'Lunch'), {
      sector: 'ruoka',
      venues: ['keskuskeittio'],
      listPrice: 650,
      rule: { kind: 'portions', perDay: 40, limit: { n: 1, per: 'day' } },
    }),
  ];
}

/** Everything but the settings. */
export function demoCatalogue(today: LocalDate): CatalogueDocument[] {
  return [...demoSchemes, ...demoVenues(today), ...demoServices(today), ...demoOfferings(today)];
}
