import * as v from 'valibot';
import { personFacts } from '$lib/documents/people/person-document';
import { missingParts } from '$lib/domain/benefit/letter/missing-from';
import type { CaseStatus } from '$lib/domain/benefit/case-status';
import type { LetterSending } from '$lib/documents/letters/letter-document';
import type { Ask } from '$lib/office/session/ask';

/** The letter about a case, as the signed-in person (session cookie). */

const letterCase = v.object({
  case: v.object({ _id: v.string(), _rev: v.string(), consent: v.object({ given: v.boolean() }) }),
  status: v.custom<CaseStatus>((value) => v.is(v.looseObject({ conclusions: v.array(v.unknown()) }), value)),
  person: v.object({ facts: v.optional(personFacts) }),
});
/** What the letter's screen needs of a case. */
export type LetterCase = v.InferOutput<typeof letterCase>;

const dates = { notice: v.string(), lastDay: v.string(), finalFrom: v.string() };
const preview = v.object({ html: v.string(), missing: v.array(v.picklist(missingParts)), ...dates });
export type LetterPreview = v.InferOutput<typeof preview>;
const sent = v.object({ id: v.string(), ...dates });
export type SentLetter = v.InferOutput<typeof sent>;

const pathOf = (id: string) => `/api/cases/${encodeURIComponent(id)}`;

export const readLetterCase = (ask: Ask, id: string) => ask('GET', pathOf(id), letterCase);

export const previewLetter = (ask: Ask, id: string, sending: LetterSending) =>
  ask('POST', `${pathOf(id)}/letter/preview`, preview, sending);

/** `changed` if somebody else was faster; pressed twice, the letter that was sent. */
export const sendLetter = (ask: Ask, { case: { _id, _rev: rev } }: LetterCase, sending: LetterSending) =>
  ask('POST', `${pathOf(_id)}/letter`, sent, { ...sending, rev });

/** Where a browser shows a letter as it was sent. */
export const letterAddress = (id: string): string => `/api/letters/${encodeURIComponent(id)}`;
