import * as v from 'valibot';
import {
  boundedText,
  cardNumber,
  count,
  identifier,
  instant,
  listOf,
  localDate,
} from '$lib/documents/fields';
import { caseId, personId, serviceLanguages } from '$lib/documents/people/person-document';
import {
  caseSources,
  decisionOutcomes,
  letterWays,
  schemeModes,
  type CaseAction,
} from '$lib/domain/benefit/case-action';

/** Leave to handle somebody's data, or why there is none. */
export const consent = v.variant('given', [
  v.object({
    given: v.literal(true),
    /** The version of the text that the person agreed to. */
    textVersion: boundedText(40),
    language: v.picklist(serviceLanguages),
    at: instant,
  }),
  v.object({ given: v.literal(false), overrideReason: boundedText(500) }),
]);
export type Consent = v.InferOutput<typeof consent>;

/** Answers to a scheme's questions, by the question's id. */
export const answers = v.pipe(
  v.record(identifier, v.union([v.boolean(), boundedText(500)])),
  v.check((all) => Object.keys(all).length <= 50, 'must have 50 answers at most'),
);

/** A proof that was shown, and never stored: its kind and the day. */
export const seenProof = v.object({ proof: identifier, on: localDate });

/** What an official does to a case; the server adds who, by which right and when. */
export const caseActionInput = v.variant('kind', [
  v.object({ kind: v.literal('assigned'), to: boundedText(200) }),
  v.object({ kind: v.literal('duplicate-judged'), verdict: v.literal('same'), person: personId }),
  v.object({ kind: v.literal('duplicate-judged'), verdict: v.literal('different') }),
  v.object({ kind: v.literal('information-requested'), what: boundedText(1000), until: localDate }),
  v.object({ kind: v.literal('information-received'), isIncomplete: v.boolean() }),
  v.object({ kind: v.literal('proof-seen'), ...seenProof.entries }),
  v.object({
    kind: v.literal('decided'),
    outcome: v.picklist(decisionOutcomes),
    on: localDate,
    reasons: listOf(identifier, 20),
    text: v.pipe(v.string(), v.trim(), v.maxLength(5000, 'must have 5000 characters at most')),
    isSelfApproved: v.optional(v.literal(true)),
    validity: v.optional(
      v.pipe(
        v.object({ from: localDate, until: localDate }),
        v.check(({ from, until }) => from <= until, 'must not end before it begins'),
      ),
    ),
  }),
  v.object({ kind: v.literal('withdrawn'), on: localDate }),
  v.object({ kind: v.literal('lapsed'), on: localDate, text: boundedText(2000) }),
  v.object({ kind: v.literal('letter-sent'), way: v.picklist(letterWays), on: localDate }),
  v.object({ kind: v.literal('rectification-requested'), on: localDate }),
  v.object({ kind: v.literal('written-decision-requested'), on: localDate }),
  v.object({ kind: v.literal('closed') }),
]);
export type CaseActionInput = v.InferOutput<typeof caseActionInput>;

/** What the server finds by itself. */
const foundByServer = [
  v.object({
    kind: v.literal('received'),
    source: v.picklist(caseSources),
    mode: v.picklist(schemeModes),
    isIncomplete: v.boolean(),
    madeBy: v.optional(boundedText(200)),
  }),
  v.object({ kind: v.literal('flagged'), persons: listOf(personId, 50), cards: listOf(cardNumber, 50) }),
  v.object({ kind: v.literal('over-cap'), isOver: v.boolean() }),
] as const;

const logged = v.looseObject({
  by: boundedText(200),
  role: boundedText(40),
  /** The server's time, ms. */
  at: v.number(),
  deviceAt: v.optional(v.number()),
});
const action = v.union([caseActionInput, v.variant('kind', [...foundByServer])]);

/** Whether it is an entry of a case's log. */
export const isCaseAction = (value: unknown): value is CaseAction =>
  v.is(logged, value) && v.is(v.looseObject({}), value) && v.safeParse(action, value).success;

/** The most entries of one case; far beyond what any has. */
const mostActions = 500;

/**
 * A referral or an application. Its states are the fold of `log` (domain/benefit/fold-case.ts); what is said
 * about the person is in the person's document.
 */
export const caseDocument = v.looseObject({
  _id: caseId,
  type: v.literal('case'),
  v: v.literal(1),
  person: personId,
  scheme: identifier,
  /** The version of the scheme's criteria that applied on the day. */
  criteria: count,
  /** Through which service somebody came, e.g. social work. */
  path: v.optional(identifier),
  consent,
  answers,
  /** Services that the person would like to use. */
  wishes: listOf(identifier, 50),
  note: v.optional(boundedText(2000)),
  log: v.pipe(v.array(v.custom<CaseAction>(isCaseAction)), v.minLength(1), v.maxLength(mostActions)),
});
export type CaseDocument = v.InferOutput<typeof caseDocument>;
