import * as v from 'valibot';
import { identifier, instant, listOf, localDate } from '$lib/documents/fields';

/** A person is referred to the office, or applies there: what is needed for a case, and nothing more. */

const text = (most: number) =>
  v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1, 'must not be empty'),
    v.maxLength(most, `must have ${most} characters at most`),
  );
/** Criteria and services have ids of the catalogue; a version of a text is whatever its editor calls it. */
const language = v.picklist(['fi', 'sv', 'en'], 'must be fi, sv or en');
const birthYear = v.pipe(
  v.number('must be a year like 1974'),
  v.integer('must be a year like 1974'),
  v.minValue(1900, 'must be 1900 or later'),
  v.maxValue(2100, 'must be a year like 1974'),
);

/** One way to reach the person. */
const contact = v.variant('kind', [
  v.strictObject({
    kind: v.literal('phone'),
    value: v.pipe(text(40), v.regex(/^\+?[\d\s()-]{5,}$/, 'must be a telephone number')),
  }),
  v.strictObject({
    kind: v.literal('email'),
    value: v.pipe(text(254), v.email('must be an e-mail address')),
  }),
  v.strictObject({ kind: v.literal('post'), value: text(300) }),
]);

const consent = v.variant('given', [
  v.strictObject({ given: v.literal(true), textVersion: text(40), at: instant, language }),
  /** The law lets the office act without it, for a reason that somebody writes down. */
  v.strictObject({ given: v.literal(false), overrideReason: text(500) }),
]);

/** To a question of the scheme's criteria: yes or no, a number, or a choice. */
const answer = v.union(
  [v.boolean(), v.pipe(v.number(), v.finite()), text(200)],
  'must be yes or no, a number, or a text of 200 characters at most',
);
const mostAnswers = 50;

export const referralBody = v.strictObject({
  scheme: identifier,
  source: v.picklist(['referral', 'counter', 'paper'], 'must be referral, counter or paper'),
  organisation: identifier,
  servicePath: identifier,
  person: v.strictObject({
    givenName: text(100),
    familyName: text(100),
    birthYear,
    language,
    contact,
  }),
  consent,
  /** By the question's id. */
  answers: v.pipe(
    v.record(identifier, answer),
    v.check((all) => Object.keys(all).length <= mostAnswers, `must have ${mostAnswers} answers at most`),
  ),
  /** What was shown, and when; no copy is kept. */
  proofsSeen: listOf(v.strictObject({ kind: identifier, day: localDate }), 20),
  /** Services that the person would like. */
  wishes: listOf(identifier, 50),
  note: v.optional(text(2_000)),
});
export type ReferralBody = v.InferOutput<typeof referralBody>;
