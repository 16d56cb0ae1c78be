import type { LetterTemplates } from '../src/lib/domain/benefit/letter/letter-templates';
import { defaultTemplates } from '../src/lib/documents/letters/default-templates';
import { requireOk, type CouchClient } from '../src/server/couch/client';

/** A city whose letters lack nothing. */
export const cityTemplates: LetterTemplates = {
  ...defaultTemplates,
  authority: {
    name: { fi: 'Esimerkkilän kaupunki, hyvinvointipalvelut', sv: 'Exempelstad, välfärdstjänster' },
    address: { street: 'Torikatu 1', postcode: '00001', town: 'Esimerkkilä' },
    phone: '09 000 0000',
  },
  rectification: {
    name: { fi: 'Esimerkkilän hyvinvointilautakunta', sv: 'Välfärdsnämnden i Exempelstad' },
    address: { street: 'PL 1', postcode: '00002', town: 'Esimerkkilä' },
    email: 'kirjaamo@example.com',
  },
  court: {
    name: { fi: 'Esimerkin hallinto-oikeus', sv: 'Exempels förvaltningsdomstol' },
    address: { street: 'Oikeuskatu 2', postcode: '00003', town: 'Esimerkkilä' },
  },
  ofSchemes: [
    {
      scheme: 'warkaus',
      provisions: {
        fi: 'Hyvinvointilautakunnan päätös 1.9.2026 § 12',
        sv: 'Välfärdsnämndens beslut 1.9.2026 § 12',
      },
    },
  ],
};

/** Writes down who decides, and by which criteria, as their screens do. */
export async function anOfficial(client: CouchClient, name: string, displayName: string): Promise<void> {
  await requireOk(client, 'PUT', `/tiski-desks/account:${name}`, {
    type: 'account',
    v: 1,
    name,
    displayName,
    title: 'palveluohjaaja',
    phone: '09 111 1111',
    email: `${name}@example.com`,
  });
}

/** The first version of a scheme's criteria: a grant is valid for a year. */
export async function someCriteria(client: CouchClient, scheme: string): Promise<void> {
  const every = (fi: string, sv: string, en: string) => ({ fi, sv, en });
  await requireOk(client, 'PUT', `/tiski-office/criteria:${scheme}`, {
    type: 'criteria',
    v: 1,
    versions: [
      {
        version: 1,
        from: '2026-01-01',
        mode: 'decision',
        questions: [],
        proofs: [
          { id: 'income', names: every('toimeentulotukipäätös', 'beslut om utkomststöd', 'decision') },
        ],
        servicePaths: [
          {
            id: 'social',
            names: every('sosiaalityö', 'socialt arbete', 'social work'),
            organisations: ['x'],
          },
        ],
        validity: { months: 12 },
        whoQualifies: every('Saat toimeentulotukea.', 'Du får utkomststöd.', 'You get social assistance.'),
        whatElse: every('Kysy sosiaalityöstä.', 'Fråga socialarbetet.', 'Ask social work.'),
        by: 'coordinator',
        at: '2026-01-01T08:00:00.000Z',
      },
    ],
  });
}
