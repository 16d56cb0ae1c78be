import * as v from 'valibot';
import { boundedText, instant, localDate } from '$lib/documents/fields';
import { caseId, letterId } from '$lib/documents/people/person-document';
import { letterWays } from '$lib/domain/benefit/case-action';
import { letterLanguages } from '$lib/domain/benefit/letter/letter-templates';

/** B41: the language counts for somebody who is served in English only. */
export const letterSending = v.object({
  way: v.picklist(letterWays),
  on: localDate,
  language: v.optional(v.picklist(letterLanguages)),
});
export type LetterSending = v.InferOutput<typeof letterSending>;

/** The largest letter; a usual one has some 12,000 characters. */
const longestLetter = 200_000;

/** `letter:ULID`: what was sent about a case, byte for byte (B44). */
export const letterDocument = v.looseObject({
  _id: letterId,
  type: v.literal('letter'),
  v: v.literal(1),
  case: caseId,
  /** The revision of the case about which it speaks. */
  about: boundedText(100),
  way: v.picklist(letterWays),
  on: localDate,
  language: v.picklist(letterLanguages),
  by: boundedText(200),
  madeAt: instant,
  /** Of the page in UTF-8, as 64 hexadecimal digits. */
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  html: v.pipe(v.string(), v.maxLength(longestLetter)),
});
export type LetterDocument = v.InferOutput<typeof letterDocument>;
