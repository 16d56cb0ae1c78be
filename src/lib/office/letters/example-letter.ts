import type { LetterTemplatesFields } from '$lib/documents/letters/letter-templates-document';
import type { DecisionOutcome } from '$lib/domain/benefit/case-action';
import { letterFrom } from '$lib/domain/benefit/letter/letter';
import { letterHtml } from '$lib/domain/benefit/letter/letter-html';
import type { Bilingual, LetterLanguage } from '$lib/domain/benefit/letter/letter-templates';
import { addDays, type LocalDate } from '$lib/domain/time/day';

/** A draft about somebody made up, with the texts as they are in the form. */
export function exampleLetter(
  templates: LetterTemplatesFields,
  { outcome, language, today }: { outcome: DecisionOutcome; language: LetterLanguage; today: LocalDate },
  schemeName: Bilingual,
): string {
  const [ofScheme] = templates.ofSchemes;
  const reason = templates.reasons.find((each) => each.outcome === outcome);
  const letter = letterFrom({
    reference: 'T-4XK9QZ',
    person: {
      name: { given: 'Testi', family: 'Esimerkki' },
      language,
      address: { street: 'Esimerkkikuja 3 A 1', postcode: '00000', town: 'Esimerkkilä' },
      hasConsented: true,
    },
    scheme: {
      id: ofScheme?.scheme ?? '',
      name: schemeName,
      services: [
        { fi: 'Uinti', sv: 'Simning' },
        { fi: 'Kuntosali', sv: 'Gym' },
      ],
    },
    decided: {
      outcome,
      on: today,
      reasons: reason ? [reason.id] : [],
      text: '',
      validity: { from: today, until: addDays(today, 364) },
    },
    received: { on: addDays(today, -7), source: 'referral' },
    criteria: { version: 1 },
    proofs: [],
    official: { name: 'Aino Mallikas', phone: '000 000 0000' },
    templates,
    sending: { way: 'post', on: today },
  });
  return letterHtml(letter, { isDraft: true });
}
