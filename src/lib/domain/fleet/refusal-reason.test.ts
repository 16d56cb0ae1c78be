import { expect, it } from 'vitest';
import { codeOf, sentenceOf } from './refusal-reason';

it.each([
  ['never-changes: Visits never change.', 'never-changes', 'Visits never change.'],
  ['wrong-form: v: must be 1.', 'wrong-form', 'v: must be 1.'],
  ['newer-form: a: has\na line', 'newer-form', 'a: has\na line'],
  ['v: must be 1.', undefined, 'v: must be 1.'],
  ['Only the office may do this.', undefined, 'Only the office may do this.'],
  ['', undefined, ''],
])('%j has its code and its sentence', (reason, code, sentence) => {
  expect(codeOf(reason)).toBe(code);
  expect(sentenceOf(reason)).toBe(sentence);
});
