import { dayWithWeekday, shortDay } from './letter-day';
import type { LetterText } from './letter-text';

const weekdays = ['måndag', 'tisdag', 'onsdag', 'torsdag', 'fredag', 'lördag', 'söndag'];

const fullDay = dayWithWeekday(weekdays);
const sources = { referral: 'en remiss', application: 'en ansökan', paper: 'en ansökan på papper' };

/** The letter in Swedish. */
export const swedish: LetterText = {
  draft: 'UTKAST – inte skickat',
  kind: 'Beslut',
  labels: {
    decidedOn: 'Beslutsdag',
    sentOn: 'Skickat',
    reference: 'Ärendets nummer',
    phone: 'Telefon',
    email: 'E-post',
  },
  headings: {
    decision: 'Beslut',
    reasons: 'Motivering',
    basis: 'Vad beslutet grundar sig på',
    official: 'Mer information',
    notice: 'När du anses ha fått del av beslutet',
  },
  fullDay,
  shortDay,
  subject: ({ scheme, answersRectification }) =>
    answersRectification
      ? `Beslut med anledning av begäran om omprövning: ${scheme}`
      : `Beslut om kort: ${scheme}`,
  decision: ({ outcome, scheme, answersRectification }) => {
    switch (outcome) {
      case 'granted':
        return `Du beviljas kortet ${scheme}.`;
      case 'refused':
        return `Du beviljas inte kortet ${scheme}.`;
      case 'not-examined':
        return answersRectification
          ? 'Din begäran om omprövning prövas inte.'
          : `Ditt ärende som gäller kortet ${scheme} prövas inte.`;
      case 'lapsed':
        return `Ditt ärende som gäller kortet ${scheme} har förfallit. Behandlingen avslutas.`;
    }
  },
  validity: (from, until) => `Kortet gäller ${from} – ${until}. Båda dagarna räknas med.`,
  services: 'Med kortet får du dessa tjänster:',
  facts: ({ received, criteria, proofs, scheme }) => [
    `Ärendet inleddes ${shortDay(received.on)} genom ${sources[received.source]}.`,
    `Ärendet har avgjorts enligt version ${criteria.version} av grunderna för beviljande av kortet ${scheme}.`,
    ...(criteria.whoQualifies === '' ? [] : [`Grunder för beviljande: ${criteria.whoQualifies}`]),
    ...proofs.map(({ name, on }) => `Uppvisat och sett ${shortDay(on)}: ${name}.`),
  ],
  provisions: 'Tillämpade bestämmelser och beslut:',
  decidedBy: 'Beslutsfattare',
  askFrom: 'Mer information om beslutet ger',
  notice: (way, sent, notice) => {
    switch (way) {
      case 'post':
        return `Beslutet har skickats till dig per post: ${sent}. Du anses ha fått del av det den sjunde dagen efter att det skickades: ${notice}. Om brevet har kommit fram senare kan du visa det.`;
      case 'e-message':
        return `Beslutet har med ditt samtycke skickats till dig elektroniskt: ${sent}. Du anses ha fått del av det den tredje dagen efter att det skickades: ${notice}. Om meddelandet har kommit fram senare kan du visa det.`;
      case 'in-hand':
        return `Beslutet har överlämnats till dig personligen, och du har fått del av det samma dag: ${notice}.`;
    }
  },
  redress: {
    rectification: {
      heading: 'Anvisning för begäran om omprövning',
      intro:
        'Om du är missnöjd med beslutet kan du begära omprövning av det. Begäran görs skriftligen. Ändring i beslutet får inte sökas genom besvär hos domstol.',
      to: 'Begäran om omprövning görs hos denna myndighet:',
      lastDayHeading: 'Sista dagen för begäran om omprövning',
      period: (notice) =>
        `Omprövning ska begäras inom 14 dagar från det att du har fått del av beslutet (${notice}). Den dag då du fick del av beslutet räknas inte med. Om den sista dagen skulle ha varit en lördag, en helgdag eller någon annan sådan dag, har den flyttats till nästa vardag.`,
      arrival:
        'Begäran ska vara framme senast den dagen innan myndigheten stänger. Du skickar den på eget ansvar: reservera tid för posten.',
      contentHeading: 'Uppge i din begäran',
      content: [
        'det beslut som du vill få omprövat (ärendets nummer och beslutsdag)',
        'hur du vill att beslutet ska ändras och på vilka grunder',
        'ditt namn, din postadress och ditt telefonnummer samt e-postadress, om beslutet får skickas dit',
      ],
      attachedHeading: 'Bifoga',
      attached: [
        'detta beslut eller en kopia av det',
        'handlingar som du åberopar, om du inte redan har gett dem till myndigheten',
        'en fullmakt, om någon annan gör begäran för din räkning',
      ],
      closing: [
        'Underteckna begäran. En begäran som skickas med e-post behöver inte undertecknas, om det framgår vem som har skickat den.',
        'Begäran om omprövning är avgiftsfri.',
      ],
    },
    appeal: {
      heading: 'Besvärsanvisning',
      intro:
        'Om du är missnöjd med detta beslut med anledning av din begäran om omprövning kan du anföra besvär hos förvaltningsdomstolen. Besvären anförs skriftligen. Du kan anföra besvär på den grunden att beslutet har tillkommit i felaktig ordning, att myndigheten har överskridit sina befogenheter eller att beslutet annars strider mot lag.',
      to: 'Besvär anförs hos denna domstol:',
      lastDayHeading: 'Sista dagen för besvär',
      period: (notice) =>
        `Besvär ska anföras inom 30 dagar från det att du har fått del av beslutet (${notice}). Den dag då du fick del av beslutet räknas inte med. Om den sista dagen skulle ha varit en lördag, en helgdag eller någon annan sådan dag, har den flyttats till nästa vardag.`,
      arrival:
        'Besvären ska vara framme senast den dagen innan domstolen stänger. Du skickar dem på eget ansvar: reservera tid för posten.',
      contentHeading: 'Uppge i besvären',
      content: [
        'det beslut i vilket du söker ändring (ärendets nummer och beslutsdag)',
        'till vilka delar du söker ändring, vilka ändringar du yrkar och på vilka grunder',
        'vad din besvärsrätt grundar sig på, om beslutet inte gäller dig själv',
        'ditt namn, dina kontaktuppgifter och den adress till vilken domstolen kan skicka handlingar',
      ],
      attachedHeading: 'Bifoga',
      attached: [
        'detta beslut med besvärsanvisning',
        'utredning om när du har fått del av beslutet',
        'handlingar som du åberopar, om du inte redan har gett dem till myndigheten',
      ],
      closing: [
        'Förvaltningsdomstolen tar ut en rättegångsavgift, om inte något annat följer av lagen om domstolsavgifter (1455/2015).',
      ],
    },
  },
};
