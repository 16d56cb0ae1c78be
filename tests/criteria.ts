import type { CriteriaInput } from '$lib/documents/criteria/criteria-document';
import type { ReferringOrganisation } from '$lib/documents/criteria/organisations-document';

const inAll = (text: string) => ({ fi: text, sv: `${text} (sv)`, en: `${text} (en)` });

/** Criteria of a scheme as a coordinator writes them: one question of each kind, one proof, one path. */
export const aCriteriaInput = (changes: Partial<CriteriaInput> = {}): CriteriaInput => ({
  from: '2026-11-22',
  mode: 'decision',
  questions: [
    { id: 'asuu', kind: 'yes-no', text: inAll('Asuu kaupungissa'), isRequired: true },
    {
      id: 'tilanne',
      kind: 'choice',
      text: inAll('Elämäntilanne'),
      isRequired: true,
      options: [
        { id: 'tyoton', names: inAll('Työtön') },
        { id: 'elakkeella', names: inAll('Eläkkeellä') },
      ],
    },
    { id: 'toiveet', kind: 'text', text: inAll('Toiveet'), isRequired: false },
  ],
  proofs: [{ id: 'todistus', names: inAll('Todistus työttömyydestä') }],
  servicePaths: [{ id: 'sosiaalityo', names: inAll('Sosiaalityö'), organisations: ['sosiaalipalvelut'] }],
  validity: { months: 12 },
  cap: { kind: 'pilot', most: 100, from: '2026-11-22', until: '2027-11-21' },
  whoQualifies: inAll('Kortin saa pitkään työttömänä ollut.'),
  whatElse: inAll('Kysy alennuksia kassalta.'),
  ...changes,
});

export const anOrganisation = (id: string, name = id): ReferringOrganisation => ({
  id,
  names: inAll(name),
  contact: { name: 'Aino Esimerkki', phone: '040 0000000' },
  reach: inAll('Keskuskatu 1, ma–pe 9–15'),
});
