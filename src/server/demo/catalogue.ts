import type {
  CatalogueDocument,
  SchemeDocument,
  ServiceDocument,
  SettingsDocument,
  VenueDocument,
} from '$lib/documents/catalogue-documents';
import type { LocalizedText } from '$lib/documents/fields';
import { addDays, type LocalDate } from '$lib/domain/day';

/** The zone of all the made-up city's venues. */
export const demoZone = 'Europe/Helsinki';

/** Schools' terms, by which the adult education centre and the aqua exercise groups count. */
const terms = ['01-01', '08-01'];
/** The theatre's year. */
const theatreYear = ['08-01'];

const names = (fi: string, sv: string, en: string): LocalizedText => ({ fi, sv, en });

function scheme(id: string, name: LocalizedText, services: string[], graceDays: number): SchemeDocument {
  return {
    _id: `scheme:${id}`,
    type: 'scheme',
    v: 1,
    names: name,
    services,
    graceDays,
    hintShown: false,
  };
}

function venue(id: string, name: LocalizedText, closedOn: LocalDate[] = []): VenueDocument {
  return {
    _id: `venue:${id}`,
    type: 'venue',
    v: 1,
    names: name,
    zone: demoZone,
    closedOn,
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

/** Says that the city is made up. Written last: with it a demo city is complete. */
export const demoSettings: SettingsDocument = {
  _id: 'settings:city',
  type: 'settings',
  v: 1,
  names: names('Lehtoranta', 'Lehtoranta', 'Lehtoranta'),
  demo: true,
};

export const demoSchemes: SchemeDocument[] = [
  scheme(
    'hyvinvointikortti',
    names('Hyvinvointikortti', 'Välfärdskort', 'Wellbeing card'),
    ['uinti', 'kuntosali', 'vesijumppa', 'teatteri', 'opisto', 'ylijaamaruoka'],
    30,
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
  ),
];

const gyms = ['kuntosali-keskusta', 'kuntosali-lehto', 'kuntosali-satama'];

/** The venues; the harbour gym is being renovated for three months from `today`. */
export function demoVenues(today: LocalDate): VenueDocument[] {
  const renovation = Array.from({ length: 92 }, (_, index) => addDays(today, index));
  return [
    venue('uimahalli', names('Lehtorannan uimahalli', 'Lehtoranta simhall', 'Lehtoranta swimming hall')),
    venue('kuntosali-keskusta', names('Keskustan kuntosali', 'Centrums gym', 'Town centre gym')),
    venue('kuntosali-lehto', names('Lehdon kuntosali', 'Lundens gym', 'Grove gym')),
    venue('kuntosali-satama', names('Sataman kuntosali', 'Hamnens gym', 'Harbour gym'), renovation),
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
      rule: { kind: 'limit', n: 4, per: 'season', seasonStarts: theatreYear },
    }),
    service('opisto', names('Opiston kurssi', 'Institutets kurs', 'Course at the adult education centre'), {
      sector: 'opisto',
      venues: ['opisto'],
      listPrice: 6500,
      rule: { kind: 'limit', n: 1, per: 'season', seasonStarts: terms },
    }),
    service('ylijaamaruoka', names('Ylijäämäruoka', 'Överskottsmat', 'Surplus food'), {
      sector: 'ruoka',
      venues: ['keskuskeittio'],
      listPrice: 300,
      rule: { kind: 'unlimited' },
      paused: {
        since: addDays(today, -500),
        why: names('Kuljetuksia ei ole.', 'Det finns inga transporter.', 'There is no transport.'),
      },
    }),
  ];
}

/** Everything but the settings. */
export function demoCatalogue(today: LocalDate): CatalogueDocument[] {
  return [...demoSchemes, ...demoVenues(today), ...demoServices(today)];
}
