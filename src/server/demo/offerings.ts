import type { OfferingDocument } from '$lib/documents/catalogue/catalogue-documents';
import type { LocalizedText } from '$lib/documents/fields';
import { addDays, type LocalDate } from '$lib/domain/time/day';

const names = (fi: string, sv: string, en: string): LocalizedText => ({ fi, sv, en });

/** How many days before and after the city is made there is a programme: a demo city is kept for weeks. */
const programme = { before: 15, after: 60 };

interface CoursePlan {
  id: string;
  names: LocalizedText;
  /** First and last day, relative to the day the city is made. */
  from: number;
  until: number;
  startsAt: string;
  seats: number;
}

const course = (
  id: string,
  fi: string,
  sv: string,
  en: string,
  [from, until, startsAt, seats]: [number, number, string, number],
): CoursePlan => ({ id, names: names(fi, sv, en), from, until, startsAt, seats });

const plans: CoursePlan[] = [
  course('akvarelli', 'Akvarellimaalaus', 'Akvarellmålning', 'Watercolour painting', [-40, 80, '17:30', 12]),
  course('kitara', 'Kitara, alkeet', 'Gitarr, grunder', 'Guitar for beginners', [-40, 80, '18:00', 8]),
  course('espanja', 'Espanja 1', 'Spanska 1', 'Spanish 1', [-35, 75, '17:00', 16]),
  course('italia', 'Italia 1', 'Italienska 1', 'Italian 1', [-35, 75, '18:30', 16]),
  course('ruotsi', 'Ruotsia arkeen', 'Svenska till vardags', 'Everyday Swedish', [-35, 75, '16:30', 14]),
  course('englanti', 'Englanti, keskustelu', 'Engelska, konversation', 'English conversation', [
    -35,
    75,
    '17:30',
    14,
  ]),
  course('suomi', 'Suomi toisena kielenä', 'Finska som andraspråk', 'Finnish as a second language', [
    -30,
    90,
    '10:00',
    18,
  ]),
  course('keramiikka', 'Keramiikkapaja', 'Keramikverkstad', 'Pottery workshop', [-30, 70, '17:00', 10]),
  course('puutyo', 'Puutyöt', 'Träslöjd', 'Woodwork', [-30, 70, '18:00', 10]),
  course('kudonta', 'Kankaankudonta', 'Vävning', 'Weaving', [-30, 70, '12:00', 8]),
  course('ompelu', 'Ompelu ja korjaus', 'Sömnad och lagning', 'Sewing and mending', [-30, 70, '17:30', 12]),
  course('neulonta', 'Neulekerho', 'Stickcafé', 'Knitting circle', [-30, 90, '14:00', 20]),
  course('kuoro', 'Kaikkien kuoro', 'Allas kör', 'Choir for everyone', [-40, 90, '18:00', 30]),
  course('tanssi', 'Lavatanssit', 'Dansbanedans', 'Social dancing', [-20, 60, '19:00', 24]),
  course('jooga', 'Aamujooga', 'Morgonyoga', 'Morning yoga', [-20, 60, '08:30', 15]),
  course('tuolijumppa', 'Tuolijumppa', 'Stolgympa', 'Chair exercise', [-20, 60, '11:00', 15]),
  course('kokki', 'Arkiruokaa edullisesti', 'Billig vardagsmat', 'Cooking on a budget', [
    -10,
    40,
    '16:00',
    10,
  ]),
  course('leivonta', 'Hapanjuurileivonta', 'Surdegsbakning', 'Sourdough baking', [5, 45, '16:00', 8]),
  course('valokuva', 'Valokuvaus puhelimella', 'Fotografera med telefonen', 'Phone photography', [
    10,
    50,
    '17:00',
    12,
  ]),
  course('digi', 'Digitaidot tutuiksi', 'Digitala färdigheter', 'Digital skills', [-10, 60, '13:00', 12]),
  course('kirjoitus', 'Luova kirjoittaminen', 'Kreativt skrivande', 'Creative writing', [
    -10,
    60,
    '17:30',
    12,
  ]),
  course('puutarha', 'Parvekepuutarha', 'Balkongträdgård', 'Balcony gardening', [20, 80, '17:00', 14]),
  course('ensiapu', 'Ensiavun perusteet', 'Grunder i första hjälpen', 'First aid basics', [
    15,
    60,
    '16:30',
    0,
  ]),
  course('sienet', 'Syksyn sienet', 'Höstens svampar', 'Autumn mushrooms', [-90, -20, '17:00', 12]),
];

const courseOffering =
  (today: LocalDate) =>
  ({ id, names: named, from, until, startsAt, seats }: CoursePlan): OfferingDocument => ({
    _id: `offering:${id}`,
    type: 'offering',
    v: 1,
    kind: 'course',
    names: named,
    service: 'opisto',
    venue: 'opisto',
    from: addDays(today, from),
    until: addDays(today, until),
    startsAt,
    seats,
    cancelled: false,
  });

const plays: LocalizedText[] = [
  names('Kesäyön valssi', 'Sommarnattsvalsen', 'Midsummer Waltz'),
  names('Majakan tarina', 'Fyrens berättelse', 'The Lighthouse Story'),
  names('Tehtaan tytöt', 'Fabrikens flickor', 'The Mill Girls'),
];

/** The id of the evening's performance. */
export const eveningOf = (date: LocalDate): string => `ilta-${date}`;

function performance(
  id: string,
  date: LocalDate,
  startsAt: string,
  seats: number,
  play: number,
): OfferingDocument {
  const named = plays[play % plays.length] ?? names(id, id, id);
  return {
    _id: `offering:${id}`,
    type: 'offering',
    v: 1,
    kind: 'performance',
    names: named,
    service: 'teatteri',
    venue: 'teatteri',
    from: date,
    until: date,
    startsAt,
    seats,
    cancelled: false,
  };
}

/** Three performances a day, so that the counter has to ask which; the small stage has no places left. */
function performances(today: LocalDate): OfferingDocument[] {
  const days = programme.before + programme.after;
  return Array.from({ length: days }, (_, index) => addDays(today, index - programme.before)).flatMap(
    (date, index) => [
      performance(`paiva-${date}`, date, '13:00', 6, index + 1),
      performance(`pieni-${date}`, date, '18:00', 0, index + 2),
      performance(eveningOf(date), date, '19:00', 12, index),
    ],
  );
}

/** The courses of the adult education centre and the theatre's programme. */
export function demoOfferings(today: LocalDate): OfferingDocument[] {
  return [...plans.map(courseOffering(today)), ...performances(today)];
}
