import { describe, expect, it } from 'vitest';
import { aCriteriaInput, anOrganisation } from '../../../../tests/criteria';
import { bounds, criteriaInput } from './criteria-document';
import { faultsOf } from './criteria-fields';
import { organisationList } from './organisations-document';

const { questions, proofs, servicePaths } = aCriteriaInput();
const texts = (text: string) => ({ fi: text, sv: text, en: text });
const many = <T extends { id: string }>(item: T | undefined, count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...item, id: `x-${index}` }));

describe('criteria', () => {
  it('are fit to be stored as a coordinator writes them, with or without a cap', () => {
    const withoutCap = aCriteriaInput();
    delete withoutCap.cap;
    for (const input of [
      aCriteriaInput(),
      withoutCap,
      aCriteriaInput({ validity: { until: '02-29' }, questions: [], proofs: [] }),
    ]) {
      expect(faultsOf(criteriaInput, input)).toEqual([]);
    }
  });

  const wrong: [object, string, string][] = [
    [{ from: '2026-02-30' }, 'from', 'not-a-day'],
    [{ mode: 'lottery' }, 'mode', 'wrong'],
    [{ whoQualifies: { ...texts('x'), sv: '  ' } }, 'whoQualifies.sv', 'missing'],
    [{ whatElse: texts('x'.repeat(bounds.text + 1)) }, 'whatElse.fi', 'too-long'],
    [{ questions: many(questions[0], bounds.questions + 1) }, 'questions', 'too-many'],
    [{ questions: [questions[0], questions[0]] }, 'questions', 'same-id'],
    [{ questions: [{ ...questions[0], text: texts('') }] }, 'questions.0.text.fi', 'missing'],
    [{ questions: [{ ...questions[1], options: [] }] }, 'questions.0.options', 'too-few'],
    [{ proofs: [{ ...proofs[0], id: 'Ä' }] }, 'proofs.0.id', 'not-an-id'],
    [{ servicePaths: [] }, 'servicePaths', 'too-few'],
    [
      { servicePaths: [{ ...servicePaths[0], organisations: [] }] },
      'servicePaths.0.organisations',
      'too-few',
    ],
    [{ validity: { months: 0 } }, 'validity.months', 'out-of-range'],
    [{ validity: { months: 121 } }, 'validity.months', 'out-of-range'],
    [{ validity: { until: '13-01' } }, 'validity.until', 'not-a-day'],
    [{ cap: { kind: 'yearly', most: 1.5 } }, 'cap.most', 'out-of-range'],
    [
      { cap: { kind: 'pilot', most: 100, from: '2027-01-01', until: '2026-12-31' } },
      'cap.until',
      'before-first-day',
    ],
  ];
  it.each(wrong)('with %j are wrong at %s', (changes, field, fault) => {
    expect(faultsOf(criteriaInput, { ...aCriteriaInput(), ...changes })[0]).toEqual({ field, fault });
  });
});

describe('organisations', () => {
  const first = anOrganisation('tyopaja');
  it('have a name in each language; a contact person and a way for residents are optional', () => {
    expect(faultsOf(organisationList, [first, { id: 'seura', names: texts('Seura') }])).toEqual([]);
  });

  const wrong: [object, string, string][] = [
    [{ names: { ...texts('x'), en: '' } }, '0.names.en', 'missing'],
    [{ contact: { name: 'Aino Esimerkki' } }, '0.contact.phone', 'no-way-to-reach'],
    [{ contact: { name: 'Aino Esimerkki', phone: 'soita' } }, '0.contact.phone', 'not-a-phone'],
    [{ contact: { name: 'Aino Esimerkki', email: 'aino' } }, '0.contact.email', 'not-an-email'],
    [{ contact: { name: '', phone: '040 1' } }, '0.contact.name', 'missing'],
    [{ reach: { ...texts('x'), sv: '' } }, '0.reach.sv', 'missing'],
  ];
  it.each(wrong)('with %j are wrong at %s', (changes, field, fault) => {
    expect(faultsOf(organisationList, [{ ...first, ...changes }])).toContainEqual({ field, fault });
  });
});
