import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultTemplates } from '$lib/documents/letters/default-templates';
import { letterWays } from '$lib/domain/benefit/case-action';
import { addDays } from '$lib/domain/time/day';
import { cityTemplates } from '../../../../../tests/letters';
import { letterFrom, type AddressedPerson, type LetterFacts } from './letter';
import { letterHtml } from './letter-html';
import { letterLanguages } from './letter-templates';
import { missingFrom } from './missing-from';

const facts = (changes: Partial<LetterFacts> = {}): LetterFacts => ({
  reference: 'T-4XK9QZ',
  person: {
    name: { given: 'Testi', family: 'Esimerkki' },
    language: 'fi',
    address: { street: 'Koivukuja 3 A 1', postcode: '00100', town: 'Esimerkkilä' },
    email: 'testi@example.com',
    hasConsented: true,
  },
  scheme: {
    id: 'warkaus',
    name: { fi: 'Hyvinvointikortti', sv: 'Välfärdskort' },
    services: [{ fi: 'Uinti', sv: 'Simning' }],
  },
  decided: {
    outcome: 'granted',
    on: '2026-11-20',
    reasons: [],
    text: '',
    validity: { from: '2026-11-20', until: '2027-11-20' },
  },
  received: { on: '2026-11-02', source: 'referral' },
  criteria: { version: 2 },
  proofs: [],
  official: { name: 'Aino Mallikas', title: 'palveluohjaaja', phone: '09 111 1111' },
  templates: cityTemplates,
  sending: { way: 'post', on: '2026-11-23' },
  ...changes,
});
const person = (changes: Partial<AddressedPerson>) => {
  const whole = facts().person;
  if (whole === undefined) throw new Error('The sample has a person.');
  return { ...whole, ...changes };
};
const decided = (changes: Partial<LetterFacts['decided']>) => ({ ...facts().decided, ...changes });
const missing = (changes: Partial<LetterFacts>) => missingFrom(letterFrom(facts(changes)));
const html = (changes: Partial<LetterFacts> = {}, isDraft = false) =>
  letterHtml(letterFrom(facts(changes)), { isDraft });
const rectified = { reopening: { kind: 'rectification', on: '2026-12-01' } } as const;
const inHand = { way: 'in-hand', on: '2026-11-23' } as const;
const byEMessage = { way: 'e-message', on: '2026-11-23' } as const;

describe('B40 what a letter lacks', () => {
  test('is nothing when everything is there', () => {
    expect(missing({})).toEqual([]);
  });

  test.each<[string, Partial<LetterFacts>]>([
    ['recipient,address', { person: undefined, sending: { ...facts().sending, language: 'fi' } }],
    ['language', { person: person({ language: 'en' }) }],
    ['address', { person: person({ address: undefined }) }],
    ['', { person: person({ address: undefined }), sending: inHand }],
    ['email', { person: person({ email: undefined }), sending: byEMessage }],
    ['email-consent', { person: person({ hasConsented: false }), sending: byEMessage }],
    ['authority', { templates: { ...cityTemplates, authority: defaultTemplates.authority } }],
    ['scheme,services', { scheme: { id: 'warkaus', services: [] } }],
    ['validity', { decided: decided({ validity: undefined }) }],
    ['reasons', { decided: decided({ outcome: 'refused' }) }],
    ['reason-template', { decided: decided({ reasons: ['gone'] }) }],
    ['provisions', { templates: { ...cityTemplates, ofSchemes: [] } }],
    ['official', { official: undefined }],
    ['official-contact', { official: { name: 'Aino Mallikas' } }],
    [
      'rectification-body,rectification-address',
      { templates: { ...cityTemplates, rectification: defaultTemplates.rectification } },
    ],
    [
      'court,court-address',
      {
        decided: decided(rectified),
        templates: { ...cityTemplates, court: defaultTemplates.court },
      },
    ],
  ])('%s', (parts, changes) => {
    expect(missing(changes).join()).toBe(parts);
  });

  test('a template that has no text in the letter’s language is missing, never left out', () => {
    const reasons = [{ id: 'half', outcome: 'refused', text: { fi: 'Suomeksi.', sv: ' ' } }] as const;
    const half = {
      decided: decided({ outcome: 'refused', reasons: ['half'] }),
      templates: { ...cityTemplates, reasons },
    };
    expect(missing(half)).toEqual([]);
    expect(missing({ ...half, person: person({ language: 'sv' }) })).toEqual(['reasons', 'reason-template']);
  });
});

describe('a letter', () => {
  test('B41 is in the person’s language, whatever was chosen; in English in the one that was chosen', () => {
    const chosen = { ...facts().sending, language: 'sv' } as const;
    expect(letterFrom(facts({ sending: chosen })).language).toBe('fi');
    expect(letterFrom(facts({ sending: chosen, person: person({ language: 'en' }) })).language).toBe('sv');
  });

  test('says in Finnish what was granted, whom to ask, and the last day with its weekday', () => {
    const text = html();
    expect(text).toContain('Sinulle myönnetään kortti Hyvinvointikortti.');
    expect(text).toContain('20.11.2026 – 20.11.2027');
    expect(text).toContain('<li>Uinti</li>');
    expect(text).toContain('Aino Mallikas, palveluohjaaja<br>Puhelin: 09 111 1111');
    // Posted on Monday 23.11.: notice on 30.11., the 14th day after it is a Monday.
    expect(text).toContain('<p class="last-day">maanantai 14.12.2026</p>');
    expect(text).toContain('Oikaisuvaatimus tehdään tälle viranomaiselle:');
  });

  test('says the same in Swedish', () => {
    const text = html({ person: person({ language: 'sv' }) });
    expect(text).toContain('<html lang="sv">');
    expect(text).toContain('Du beviljas kortet Välfärdskort.');
    expect(text).toContain('<p class="last-day">måndag 14.12.2026</p>');
    expect(text).toContain('Välfärdsnämnden i Exempelstad');
  });

  test('B16 on a rectification tells how to appeal to the court, within 30 days', () => {
    const text = html({ decided: decided({ ...rectified, outcome: 'refused', text: 'Ei täyty.' }) });
    expect(text).toContain('Valitusosoitus');
    expect(text).toContain('Esimerkin hallinto-oikeus');
    expect(text).toContain('<p class="last-day">keskiviikko 30.12.2026</p>');
    expect(text).not.toContain('Oikaisuvaatimusohje');
  });

  test('is marked while it is a draft, and only then', () => {
    expect(html({}, true)).toContain('LUONNOS');
    expect(html()).not.toContain('LUONNOS');
  });

  test('runs nothing and loads nothing', () => {
    const family = '<script>alert(1)</script>"\'&';
    const text = html({ person: person({ name: { given: 'Testi', family } }) });
    expect(text).toContain('Testi &lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;');
    expect(text).not.toMatch(/<script|src=|href=|url\(|@import/);
  });
});

test('B44 whatever is typed, only our own elements are in the page, and the same facts give the same bytes', () => {
  const elements = (text: string) => [...text.matchAll(/<\/?([a-z!][a-z0-9]*)/g)].map(([, name]) => name);
  const own = new Set([...elements(html()), 'br', 'ul', 'li']);
  const typed = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('<img src=x>', '</style><b>', '&lt;', '"><p>'),
  );
  fc.assert(
    fc.property(typed, typed, typed, fc.constantFrom('fi', 'sv'), (name, text, street, language) => {
      const changed = facts({
        person: person({
          language,
          name: { given: name, family: name },
          address: { street, postcode: '1', town: name },
        }),
        decided: decided({ outcome: 'refused', text }),
      });
      const page = letterHtml(letterFrom(changed), { isDraft: false });
      expect(elements(page).filter((element) => !own.has(element ?? ''))).toEqual([]);
      expect(letterHtml(letterFrom(structuredClone(changed)), { isDraft: false })).toBe(page);
    }),
  );
});

test('B15 B16 B17 notice, last day and finality follow one another, in every way and on any day', () => {
  const days = fc.integer({ min: 0, max: 3650 }).map((after) => addDays('2026-01-01', after));
  fc.assert(
    fc.property(days, fc.constantFrom(...letterWays), fc.boolean(), (on, way, isRectification) => {
      const given = decided(isRectification ? rectified : {});
      const { notice, lastDay, finalFrom } = letterFrom(facts({ sending: { way, on }, decided: given }));
      expect(notice >= on).toBe(true);
      expect(lastDay >= addDays(notice, isRectification ? 30 : 14)).toBe(true);
      expect(lastDay <= addDays(notice, (isRectification ? 30 : 14) + 5)).toBe(true);
      expect(finalFrom).toBe(addDays(lastDay, 1));
    }),
  );
});

test('Tiski’s own texts are there in both languages', () => {
  for (const { text } of defaultTemplates.reasons) {
    for (const language of letterLanguages) expect(text[language]).not.toBe('');
  }
});
