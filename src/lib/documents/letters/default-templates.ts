import type { LetterTemplates } from '$lib/domain/benefit/letter/letter-templates';

const unnamed = { fi: '', sv: '' };

/**
 * What letters say until a coordinator writes something else. Names and addresses only the city knows, and
 * what its criteria are based on. The city's lawyer confirms all of it before the first letter is sent.
 */
export const defaultTemplates: LetterTemplates = {
  authority: { name: unnamed },
  rectification: { name: unnamed },
  court: { name: unnamed },
  provisions: {
    fi: 'Hallintolaki (434/2003) 43–46, 54 ja 59 §\nKuntalaki (410/2015) 134–135 ja 137–139 §',
    sv: 'Förvaltningslagen (434/2003) 43–46, 54 och 59 §\nKommunallagen (410/2015) 134–135 och 137–139 §',
  },
  ofSchemes: [],
  reasons: [
    {
      id: 'criteria-met',
      outcome: 'granted',
      text: {
        fi: 'Täytät kortin myöntämisperusteet.',
        sv: 'Du uppfyller grunderna för beviljande av kortet.',
      },
    },
    {
      id: 'criteria-not-met',
      outcome: 'refused',
      text: {
        fi: 'Antamiesi tietojen perusteella et täytä kortin myöntämisperusteita.',
        sv: 'Utifrån de uppgifter som du har lämnat uppfyller du inte grunderna för beviljande av kortet.',
      },
    },
    {
      id: 'lives-elsewhere',
      outcome: 'refused',
      text: {
        fi: 'Kortti myönnetään vain kunnan asukkaalle. Kotikuntasi on muu kunta.',
        sv: 'Kortet beviljas endast kommunens invånare. Din hemkommun är en annan kommun.',
      },
    },
    {
      id: 'has-card',
      outcome: 'refused',
      text: {
        fi: 'Sinulla on jo voimassa oleva kortti, joka antaa samat palvelut.',
        sv: 'Du har redan ett giltigt kort som ger samma tjänster.',
      },
    },
    {
      id: 'cap-reached',
      outcome: 'refused',
      text: {
        fi: 'Korttien määrä on rajattu, ja kaikki kortit on jo myönnetty.',
        sv: 'Antalet kort är begränsat och alla kort har redan beviljats.',
      },
    },
    {
      id: 'proof-missing',
      outcome: 'refused',
      text: {
        fi: 'Et esittänyt pyydettyä selvitystä määräajassa, joten myöntämisperusteiden täyttymistä ei voitu todeta.',
        sv: 'Du visade inte upp den begärda utredningen inom utsatt tid, och därför gick det inte att konstatera om grunderna för beviljande uppfylls.',
      },
    },
    {
      id: 'information-missing',
      outcome: 'not-examined',
      text: {
        fi: 'Sinulta pyydettiin tietoja, joita ilman asiaa ei voi tutkia. Et antanut niitä määräajassa.',
        sv: 'Du ombads lämna uppgifter utan vilka ärendet inte kan prövas. Du lämnade dem inte inom utsatt tid.',
      },
    },
    {
      id: 'came-late',
      outcome: 'not-examined',
      text: {
        fi: 'Oikaisuvaatimus saapui määräajan jälkeen.',
        sv: 'Begäran om omprövning kom in efter att tidsfristen hade gått ut.',
      },
    },
    {
      id: 'not-competent',
      outcome: 'not-examined',
      text: {
        fi: 'Asia ei kuulu tämän viranomaisen toimivaltaan.',
        sv: 'Ärendet hör inte till denna myndighets behörighet.',
      },
    },
  ],
};
