import * as v from 'valibot';
import { idOfType, instant, isCalendarDay, localDate } from '$lib/documents/fields';
import { schemeModes } from '$lib/domain/benefit/case-action';
import type { Criteria } from '$lib/domain/benefit/criteria';
import { mostVersions } from '$lib/domain/benefit/criteria-versions';
import { boundedList, fittingId, listOfNamed, textInAll, wholeNumber } from './criteria-fields';

/** Bounds of a version, so that a form stays one that somebody can fill in. */
export const bounds = {
  questions: 30,
  options: 20,
  proofs: 20,
  servicePaths: 20,
  organisationsOfPath: 100,
  question: 300,
  name: 100,
  text: 2000,
  months: 120,
  cap: 100_000,
} as const;

const day = v.pipe(
  v.string(),
  v.check((text) => v.is(localDate, text), 'not-a-day'),
);
const named = v.object({ id: fittingId, names: textInAll(bounds.name) });
const asked = { id: fittingId, text: textInAll(bounds.question), isRequired: v.boolean() };

const question = v.variant('kind', [
  v.object({ kind: v.literal('yes-no'), ...asked }),
  v.object({ kind: v.literal('choice'), ...asked, options: listOfNamed(named, 2, bounds.options) }),
  v.object({ kind: v.literal('text'), ...asked }),
]);

const servicePath = v.object({
  ...named.entries,
  organisations: boundedList(fittingId, 1, bounds.organisationsOfPath),
});

const validity = v.union([
  v.object({ months: wholeNumber(1, bounds.months) }),
  v.object({
    until: v.pipe(
      v.string(),
      // A leap year: B19 says what February 29 means in the others.
      v.check((text) => /^\d\d-\d\d$/.test(text) && isCalendarDay(`2024-${text}`), 'not-a-day'),
    ),
  }),
]);

const most = wholeNumber(0, bounds.cap);
const cap = v.variant('kind', [
  v.object({ kind: v.literal('yearly'), most }),
  v.pipe(
    v.object({ kind: v.literal('pilot'), most, from: day, until: day }),
    v.forward(
      v.check(({ from, until }) => from <= until, 'before-first-day'),
      ['until'],
    ),
  ),
]);

/** What a coordinator says about a scheme. Messages are names of faults. */
export const criteriaInput = v.object({
  from: day,
  mode: v.picklist(schemeModes),
  questions: listOfNamed(question, 0, bounds.questions),
  proofs: listOfNamed(named, 0, bounds.proofs),
  servicePaths: listOfNamed(servicePath, 1, bounds.servicePaths),
  validity,
  cap: v.exactOptional(cap),
  whoQualifies: textInAll(bounds.text),
  whatElse: textInAll(bounds.text),
});
export type CriteriaInput = v.InferOutput<typeof criteriaInput>;

/** A version as it is kept: who wrote it, and when. */
export const criteriaVersion = v.object({
  ...criteriaInput.entries,
  version: v.pipe(v.number(), v.integer(), v.minValue(1)),
  by: v.string(),
  at: instant,
});
export type CriteriaVersion = v.InferOutput<typeof criteriaVersion> & Criteria;

/** `criteria:SCHEME`: every version of a scheme's criteria (B18, B33, B34). */
export const criteriaDocument = v.object({
  _id: idOfType('criteria'),
  _rev: v.exactOptional(v.string()),
  type: v.literal('criteria'),
  v: v.literal(1),
  versions: boundedList(criteriaVersion, 0, mostVersions),
});
export type CriteriaDocument = v.InferOutput<typeof criteriaDocument>;
