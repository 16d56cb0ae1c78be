import { dayWithWeekday, shortDay } from './letter-day';
import type { LetterText } from './letter-text';

const weekdays = ['maanantai', 'tiistai', 'keskiviikko', 'torstai', 'perjantai', 'lauantai', 'sunnuntai'];

const fullDay = dayWithWeekday(weekdays);
const sources = { referral: 'lähetteellä', application: 'hakemuksella', paper: 'paperihakemuksella' };

/** The letter in Finnish. */
export const finnish: LetterText = {
  draft: 'LUONNOS – ei lähetetty',
  kind: 'Päätös',
  labels: {
    decidedOn: 'Päätöspäivä',
    sentOn: 'Lähetetty',
    reference: 'Asian tunnus',
    phone: 'Puhelin',
    email: 'Sähköposti',
  },
  headings: {
    decision: 'Päätös',
    reasons: 'Perustelut',
    basis: 'Mihin päätös perustuu',
    official: 'Lisätietoja',
    notice: 'Päätöksen tiedoksi saaminen',
  },
  fullDay,
  shortDay,
  subject: ({ scheme, answersRectification }) =>
    answersRectification ? `Päätös oikaisuvaatimukseen: ${scheme}` : `Päätös kortista: ${scheme}`,
  decision: ({ outcome, scheme, answersRectification }) => {
    switch (outcome) {
      case 'granted':
        return `Sinulle myönnetään kortti ${scheme}.`;
      case 'refused':
        return `Sinulle ei myönnetä korttia ${scheme}.`;
      case 'not-examined':
        return answersRectification
          ? 'Oikaisuvaatimustasi ei tutkita.'
          : `Asiaasi, joka koskee korttia ${scheme}, ei tutkita.`;
      case 'lapsed':
        return `Asiasi, joka koskee korttia ${scheme}, on rauennut. Sen käsittely päättyy.`;
    }
  },
  validity: (from, until) => `Kortti on voimassa ${from} – ${until}. Molemmat päivät kuuluvat mukaan.`,
  services: 'Kortilla saat nämä palvelut:',
  facts: ({ received, criteria, proofs, scheme }) => [
    `Asia tuli vireille ${shortDay(received.on)} ${sources[received.source]}.`,
    `Asia on ratkaistu kortin ${scheme} myöntämisperusteiden version ${criteria.version} mukaan.`,
    ...(criteria.whoQualifies === '' ? [] : [`Myöntämisperusteet: ${criteria.whoQualifies}`]),
    ...proofs.map(({ name, on }) => `Esitetty ja nähty ${shortDay(on)}: ${name}.`),
  ],
  provisions: 'Sovelletut säännökset ja päätökset:',
  decidedBy: 'Päätöksen teki',
  askFrom: 'Lisätietoja päätöksestä antaa',
  notice: (way, sent, notice) => {
    switch (way) {
      case 'post':
        return `Tämä päätös on lähetetty sinulle postissa: ${sent}. Katsotaan, että olet saanut siitä tiedon seitsemäntenä päivänä lähettämisestä: ${notice}. Jos kirje on tullut perille myöhemmin, voit näyttää sen.`;
      case 'e-message':
        return `Tämä päätös on lähetetty sinulle suostumuksellasi sähköisesti: ${sent}. Katsotaan, että olet saanut siitä tiedon kolmantena päivänä lähettämisestä: ${notice}. Jos viesti on tullut perille myöhemmin, voit näyttää sen.`;
      case 'in-hand':
        return `Tämä päätös on annettu sinulle itsellesi, ja olet saanut siitä tiedon samana päivänä: ${notice}.`;
    }
  },
  redress: {
    rectification: {
      heading: 'Oikaisuvaatimusohje',
      intro:
        'Jos olet tyytymätön tähän päätökseen, voit vaatia siihen oikaisua. Oikaisuvaatimus tehdään kirjallisesti. Päätökseen ei saa hakea muutosta valittamalla tuomioistuimeen.',
      to: 'Oikaisuvaatimus tehdään tälle viranomaiselle:',
      lastDayHeading: 'Oikaisuvaatimuksen viimeinen päivä',
      period: (notice) =>
        `Oikaisua on vaadittava 14 päivän kuluessa siitä, kun olet saanut päätöksestä tiedon (${notice}). Tiedoksi saamisen päivää ei lasketa mukaan. Jos viimeinen päivä olisi lauantai, pyhäpäivä tai muu sellainen päivä, se on siirretty seuraavaan arkipäivään.`,
      arrival:
        'Oikaisuvaatimuksen on oltava perillä viimeistään tuona päivänä ennen viranomaisen aukioloajan päättymistä. Lähetät sen omalla vastuullasi: varaa postille aikaa.',
      contentHeading: 'Kerro oikaisuvaatimuksessa',
      content: [
        'päätös, johon vaadit oikaisua (asian tunnus ja päätöspäivä)',
        'millaista oikaisua vaadit ja millä perusteilla',
        'nimesi, postiosoitteesi ja puhelinnumerosi sekä sähköpostiosoite, jos päätöksen voi lähettää siihen',
      ],
      attachedHeading: 'Liitä mukaan',
      attached: [
        'tämä päätös tai sen kopio',
        'asiakirjat, joihin vetoat, jos et ole jo antanut niitä viranomaiselle',
        'valtakirja, jos joku muu tekee oikaisuvaatimuksen puolestasi',
      ],
      closing: [
        'Allekirjoita oikaisuvaatimus. Sähköpostilla lähetettyä ei tarvitse allekirjoittaa, jos siitä näkyy, kuka sen on lähettänyt.',
        'Oikaisuvaatimus on maksuton.',
      ],
    },
    appeal: {
      heading: 'Valitusosoitus',
      intro:
        'Jos olet tyytymätön tähän oikaisuvaatimuksesta annettuun päätökseen, voit valittaa siitä hallinto-oikeuteen. Valitus tehdään kirjallisesti. Voit valittaa sillä perusteella, että päätös on syntynyt virheellisessä järjestyksessä, viranomainen on ylittänyt toimivaltansa tai päätös on muuten lainvastainen.',
      to: 'Valitus tehdään tälle tuomioistuimelle:',
      lastDayHeading: 'Valituksen viimeinen päivä',
      period: (notice) =>
        `Valitus on tehtävä 30 päivän kuluessa siitä, kun olet saanut päätöksestä tiedon (${notice}). Tiedoksi saamisen päivää ei lasketa mukaan. Jos viimeinen päivä olisi lauantai, pyhäpäivä tai muu sellainen päivä, se on siirretty seuraavaan arkipäivään.`,
      arrival:
        'Valituksen on oltava perillä viimeistään tuona päivänä ennen tuomioistuimen aukioloajan päättymistä. Lähetät sen omalla vastuullasi: varaa postille aikaa.',
      contentHeading: 'Kerro valituksessa',
      content: [
        'päätös, johon haet muutosta (asian tunnus ja päätöspäivä)',
        'miltä kohdin haet muutosta, mitä muutoksia vaadit ja millä perusteilla',
        'mihin valitusoikeutesi perustuu, jos päätös ei koske sinua itseäsi',
        'nimesi, yhteystietosi ja osoite, johon tuomioistuin voi lähettää asiakirjat',
      ],
      attachedHeading: 'Liitä mukaan',
      attached: [
        'tämä päätös ja valitusosoitus',
        'selvitys siitä, milloin olet saanut päätöksestä tiedon',
        'asiakirjat, joihin vetoat, jos et ole jo antanut niitä viranomaiselle',
      ],
      closing: [
        'Hallinto-oikeus perii oikeudenkäyntimaksun, jollei tuomioistuinmaksulaissa (1455/2015) säädetä toisin.',
      ],
    },
  },
};
