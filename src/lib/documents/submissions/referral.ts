import * as v from 'valibot';
import { answers, consent, seenProof } from '$lib/documents/cases/case-document';
import { boundedText, identifier, listOf } from '$lib/documents/fields';
import { personFacts } from '$lib/documents/people/person-document';
import { caseSources } from '$lib/domain/benefit/case-action';

/** A person is referred to the office, or applies there: what is needed for a case, and nothing more. */
export const referralBody = v.strictObject({
  scheme: identifier,
  source: v.picklist(caseSources, 'must be referral, application or paper'),
  /** Of a referral: who refers, and by which service path. */
  organisation: v.optional(identifier),
  path: v.optional(identifier),
  person: personFacts,
  consent,
  /** By the question's id. */
  answers,
  /** What was shown, and when; no copy is kept. */
  proofs: listOf(seenProof, 20),
  /** Services that the person would like. */
  wishes: listOf(identifier, 50),
  note: v.optional(boundedText(2_000)),
});
export type ReferralBody = v.InferOutput<typeof referralBody>;
