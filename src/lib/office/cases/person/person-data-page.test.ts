import { describe, expect, it } from 'vitest';
import { personDataPage } from './person-data-page';
import type { PersonData } from './person-data-api';

const at = Date.parse('2026-11-22T08:00:00Z');
const person = 'person:01J00000000000000000000001';
const data: PersonData = {
  format: 'tiski-person',
  madeAt: '2026-11-22T08:00:00.000Z',
  person: {
    _id: person,
    type: 'person',
    v: 1,
    facts: {
      name: { given: 'Aino', family: '<b>Esimerkki</b>' },
      birthYear: 1960,
      language: 'sv',
      contact: { kind: 'email', value: 'aino@example.fi' },
    },
    cards: [{ number: '12345674', since: '2026-11-22' }],
    log: [{ kind: 'registered', by: 'clerk', role: 'receive', at, person }],
  },
  cases: [
    {
      _id: 'case:01J00000000000000000000001',
      type: 'case',
      v: 1,
      person,
      scheme: 'warkaus',
      criteria: 1,
      consent: { given: true, textVersion: '3', language: 'sv', at: '2026-11-22T07:00:00.000Z' },
      answers: { asuu: true },
      wishes: ['uinti'],
      note: 'Fråga & svar',
      log: [
        {
          kind: 'decided',
          outcome: 'refused',
          on: '2026-11-22',
          reasons: ['income'],
          text: 'För höga inkomster',
          by: 'decider',
          role: 'decide',
          at,
        },
      ],
    },
  ],
  letters: [{ _id: 'letter:x', html: '<p>Beslut</p>' }],
  submissions: [],
  cards: [],
  cardLogs: [],
  looks: [{ at: '2026-11-22T08:00:00.000Z', account: 'clerk', action: 'case-read', why: 'x<y' }],
  looksInAll: 1,
};

describe('a person’s data as a page', () => {
  const page = personDataPage(data);

  it('is in their language and says everything that is held', () => {
    expect(page).toContain('<html lang="sv">');
    for (const each of [
      'Uppgifter om dig',
      '1960',
      'aino@example.fi',
      '12345674',
      'För höga inkomster',
      'case-read',
    ]) {
      expect(page).toContain(each);
    }
  });

  it('shows what somebody typed, and runs nothing of it', () => {
    expect(page).toContain('&lt;b&gt;Esimerkki&lt;/b&gt;');
    expect(page).toContain('Fråga &amp; svar');
    expect(page).toContain('&lt;p&gt;Beslut&lt;/p&gt;');
    expect(page).not.toMatch(/<b>|<script|<p>Beslut/);
  });

  it('of somebody without facts is a page too', () => {
    const { _id, type, v, cards, log } = data.person;
    expect(personDataPage({ ...data, person: { _id, type, v, cards, log } })).toContain('<html lang="fi">');
  });
});
