import type { CriteriaDocument, CriteriaInput } from '$lib/documents/criteria/criteria-document';
import type { ReferringOrganisation } from '$lib/documents/criteria/organisations-document';
import { addDays, type Instant, type LocalDate } from '$lib/domain/time/day';
import { named, texts } from './criteria-texts';

/** Three organisations that refer. All names, numbers and addresses are made up. */
export const demoOrganisations: ReferringOrganisation[] = [
  {
    id: 'lehtorannan-sosiaalipalvelut',
    names: texts('Lehtorannan sosiaalipalvelut', 'Lehtoranta socialtjänst', 'Lehtoranta social services'),
    contact: { name: 'Sari Sosiaalinen', phone: '040 0000 101', email: 'sosiaali@lehtoranta.example' },
    reach: texts(
      'Neuvonta 09 000 1000, arkisin klo 9–15',
      'Rådgivning 09 000 1000, vardagar kl. 9–15',
      'Advice 09 000 1000, weekdays 9 am – 3 pm',
    ),
  },
  {
    id: 'lehtorannan-tyopaja',
    names: texts('Lehtorannan työpaja', 'Lehtoranta verkstad', 'Lehtoranta workshop'),
    contact: { name: 'Pasi Pajamestari', phone: '040 0000 102' },
    reach: texts(
      'Pajakatu 2, ovi on auki arkisin klo 8–15',
      'Verkstadsgatan 2, dörren är öppen vardagar kl. 8–15',
      'Pajakatu 2, the door is open on weekdays 8 am – 3 pm',
    ),
  },
  {
    id: 'lehtorannan-palvelupiste',
    names: texts('Lehtorannan palvelupiste', 'Lehtoranta servicepunkt', 'Lehtoranta service point'),
    contact: { name: 'Pia Palvelija', email: 'palvelupiste@lehtoranta.example' },
    reach: texts(
      'Keskuskatu 1, maanantaista perjantaihin klo 9–16',
      'Centralgatan 1, måndag–fredag kl. 9–16',
      'Keskuskatu 1, Monday to Friday 9 am – 4 pm',
    ),
  },
];

const socialWork = {
  ...named('sosiaalityo', 'Sosiaalityö', 'Socialt arbete', 'Social work'),
  organisations: ['lehtorannan-sosiaalipalvelut'],
};
const workshop = {
  ...named('tyopaja', 'Työpaja', 'Verkstad', 'Workshop'),
  organisations: ['lehtorannan-tyopaja'],
};
const servicePoint = {
  ...named('palvelupiste', 'Hakemus palvelupisteessä', 'Ansökan på servicepunkten', 'At the service point'),
  organisations: ['lehtorannan-palvelupiste'],
};
const resident = {
  id: 'asuu-lehtorannassa',
  kind: 'yes-no' as const,
  text: texts('Asuu Lehtorannassa', 'Bor i Lehtoranta', 'Lives in Lehtoranta'),
  isRequired: true,
};

type Demo = Omit<CriteriaInput, 'from'>;

const wellbeing: Demo = {
  mode: 'decision',
  questions: [
    resident,
    {
      id: 'elamantilanne',
      kind: 'choice',
      text: texts('Elämäntilanne', 'Livssituation', 'Situation'),
      isRequired: true,
      options: [
        named('pitkaan-tyoton', 'Pitkään työttömänä', 'Länge arbetslös', 'Unemployed for long'),
        named('toimeentulotuella', 'Saa toimeentulotukea', 'Får utkomststöd', 'On social assistance'),
        named('kuntoutuksessa', 'Kuntoutuksessa', 'I rehabilitering', 'In rehabilitation'),
      ],
    },
    {
      id: 'toiveet',
      kind: 'text',
      text: texts(
        'Mitä toivoo kortilta',
        'Vad personen önskar av kortet',
        'What the person hopes to do with the card',
      ),
      isRequired: false,
    },
  ],
  proofs: [
    named('tyottomyys', 'Todistus työttömyydestä', 'Intyg över arbetslöshet', 'Certificate of unemployment'),
    named('tukipaatos', 'Päätös toimeentulotuesta', 'Beslut om utkomststöd', 'Decision on social assistance'),
  ],
  servicePaths: [socialWork, workshop],
  validity: { months: 12 },
  cap: { kind: 'yearly', most: 100 },
  whoQualifies: texts(
    'Kortti on lehtorantalaiselle, joka on ollut pitkään työttömänä, saa toimeentulotukea tai on kuntoutuksessa.',
    'Kortet är för dig som bor i Lehtoranta och som länge har varit arbetslös, får utkomststöd eller är i rehabilitering.',
    'The card is for people in Lehtoranta who have been unemployed for long, get social assistance or are in rehabilitation.',
  ),
  whatElse: texts(
    'Uimahalli ja kuntosalit antavat työttömille alennuksen myös ilman korttia. Kysy kassalta. Työpajalla on avoin kahvila, johon voi tulla aina.',
    'Simhallen och gymmen ger arbetslösa rabatt även utan kort. Fråga i kassan. Verkstaden har ett öppet kafé dit alla får komma.',
    'The swimming hall and the gyms give unemployed people a discount even without a card. Ask at the desk. The workshop has an open café for everybody.',
  ),
};

const senior: Demo = {
  mode: 'hand-out',
  questions: [
    resident,
    {
      id: 'tayttanyt-68',
      kind: 'yes-no',
      text: texts('On täyttänyt 68 vuotta', 'Har fyllt 68 år', 'Is 68 or older'),
      isRequired: true,
    },
  ],
  proofs: [
    named(
      'henkilollisyys',
      'Henkilökortti, passi tai ajokortti',
      'Identitetskort, pass eller körkort',
      'Identity card, passport or driving licence',
    ),
  ],
  servicePaths: [servicePoint],
  validity: { months: 36 },
  whoQualifies: texts(
    'Kortti on lehtorantalaiselle, joka on täyttänyt 68 vuotta.',
    'Kortet är för dig som bor i Lehtoranta och har fyllt 68 år.',
    'The card is for people in Lehtoranta who are 68 or older.',
  ),
  whatElse: texts(
    'Eläkeläinen saa uimahallista alennuksen myös ilman korttia. Kysy kassalta.',
    'Pensionärer får rabatt i simhallen även utan kort. Fråga i kassan.',
    'Pensioners get a discount at the swimming hall even without a card. Ask at the desk.',
  ),
};

const specialExercise: Demo = {
  mode: 'decision',
  questions: [
    resident,
    {
      id: 'tarvitsee-avustajan',
      kind: 'yes-no',
      text: texts('Tarvitsee avustajan', 'Behöver en assistent', 'Needs an assistant'),
      isRequired: true,
    },
  ],
  proofs: [
    named(
      'vammaiskortti',
      'Vammaiskortti tai Kelan päätös',
      'Funktionshinderkort eller FPA:s beslut',
      'Disability card or a decision by Kela',
    ),
  ],
  servicePaths: [socialWork, servicePoint],
  validity: { until: '12-31' },
  whoQualifies: texts(
    'Kortti on lehtorantalaiselle, jonka liikkumista vamma tai pitkäaikainen sairaus rajoittaa.',
    'Kortet är för dig som bor i Lehtoranta och som på grund av en funktionsnedsättning eller en långvarig sjukdom har svårt att röra dig.',
    'The card is for people in Lehtoranta who find it hard to move about because of a disability or a long illness.',
  ),
  whatElse: texts(
    'Ohjattuihin ryhmiin voi ilmoittautua ilman korttia. Kysy palvelupisteestä.',
    'Du kan anmäla dig till ledda grupper utan kort. Fråga på servicepunkten.',
    'You can join guided groups without a card. Ask at the service point.',
  ),
};

const sportsPass: Demo = {
  mode: 'hand-out',
  questions: [resident],
  proofs: [],
  servicePaths: [servicePoint],
  validity: { months: 12 },
  whoQualifies: texts(
    'Passin voi ostaa jokainen lehtorantalainen. Perheen lapset pääsevät mukaan.',
    'Alla som bor i Lehtoranta kan köpa passet. Familjens barn får komma med.',
    'Everybody in Lehtoranta can buy the pass. Children of the family come along.',
  ),
  whatElse: texts(
    'Muualla asuva maksaa kertamaksun kassalla.',
    'Den som bor på annan ort betalar en engångsavgift i kassan.',
    'People from elsewhere pay for each visit at the desk.',
  ),
};

const community: Demo = {
  mode: 'hand-out',
  questions: [],
  proofs: [],
  servicePaths: [workshop, socialWork],
  validity: { months: 12 },
  cap: { kind: 'yearly', most: 20 },
  whoQualifies: texts(
    'Kortti on lehtorantalaiselle yhdistykselle tai ryhmäkodille, joka tuo ryhmän mukanaan.',
    'Kortet är för föreningar och gruppboenden i Lehtoranta som kommer med en grupp.',
    'The card is for associations and group homes in Lehtoranta that bring a group.',
  ),
  whatElse: texts(
    'Ryhmä voi varata vuoron myös maksua vastaan. Kysy kassalta.',
    'En grupp kan också boka en tur mot betalning. Fråga i kassan.',
    'A group can also book a session and pay for it. Ask at the desk.',
  ),
};

const ofSchemes: Readonly<Record<string, Demo>> = {
  hyvinvointikortti: wellbeing,
  seniorikortti: senior,
  erityisliikuntakortti: specialExercise,
  liikuntapassi: sportsPass,
  yhteisokortti: community,
};

/** All in force for a year; in a month another version makes the wellbeing card valid for longer. */
export function demoCriteria(today: LocalDate, now: Instant): CriteriaDocument[] {
  const at = new Date(now).toISOString();
  const from = addDays(today, -365);
  return Object.entries(ofSchemes).map(([scheme, rest]) => ({
    _id: `criteria:${scheme}`,
    type: 'criteria',
    v: 1,
    versions: [
      { version: 1, from, by: 'administrator', at, ...rest },
      ...(scheme === 'hyvinvointikortti'
        ? [
            {
              ...rest,
              version: 2,
              from: addDays(today, 30),
              by: 'administrator',
              at,
              validity: { months: 18 },
            },
          ]
        : []),
    ],
  }));
}

/** What stands in the office's database. */
export const demoOfficeDocuments = (today: LocalDate, now: Instant): { _id: string }[] => [
  { _id: 'organisations:city', type: 'organisations', v: 1, list: demoOrganisations } as { _id: string },
  ...demoCriteria(today, now),
];
