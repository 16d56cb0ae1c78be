import { expect, it } from 'vitest';
import { aCriteriaInput, anOrganisation } from '../../../../tests/criteria';
import { criteriaInput } from '$lib/documents/criteria/criteria-document';
import { faultsOf } from '$lib/documents/criteria/criteria-fields';
import { criteriaFromDraft, draftFrom, newNamed, newQuestion } from './criteria-draft';
import { fieldName } from './fault-text';
import { draftsFrom, organisationsFrom } from './organisation-draft';

const withoutCap = aCriteriaInput({ validity: { until: '02-29' }, mode: 'hand-out' });
delete withoutCap.cap;

it.each([aCriteriaInput(), aCriteriaInput({ cap: { kind: 'yearly', most: 3 } }), withoutCap])(
  'a version that nobody changed is saved as it was: %#',
  (version) => {
    expect(criteriaFromDraft(draftFrom(version, version.from))).toEqual(version);
  },
);

it('what is new gets an id from its Finnish name, unlike the others; what is old keeps its own', () => {
  const draft = draftFrom(aCriteriaInput(), '2026-11-22');
  const text = { fi: 'Asuu', sv: 'Bor', en: 'Lives' };
  draft.questions.push({ ...newQuestion(), text }, { ...newQuestion(), text });
  draft.proofs.push({ ...newNamed(), names: { fi: '???', sv: 'x', en: 'x' } });
  const saved = criteriaFromDraft(draft);
  expect(saved.questions.map(({ id }) => id)).toEqual(['asuu', 'tilanne', 'toiveet', 'asuu-2', 'asuu-3']);
  expect(saved.proofs.map(({ id }) => id)).toEqual(['todistus', 'todistus-2']);
});

it('numbers and days that are none are faults of their fields', () => {
  const draft = draftFrom(aCriteriaInput(), '2026-11-22');
  draft.validity.months = NaN;
  draft.cap.most = NaN;
  const fields = faultsOf(criteriaInput, criteriaFromDraft(draft)).map(({ field }) => field);
  expect(fields).toEqual(['validity', 'cap.most']);
});

it('a field is named as the form names it', () => {
  expect(fieldName('questions.1.options.0.names.sv')).toBe('Kysymys 2, Vaihtoehto 1, ruotsiksi');
});

it('an organisation without a contact or a way for residents has none', () => {
  const list = [
    anOrganisation('seura'),
    { id: 'paja', names: { fi: 'Paja', sv: 'Verkstad', en: 'Workshop' } },
  ];
  expect(organisationsFrom(draftsFrom(list))).toEqual(list);
});
