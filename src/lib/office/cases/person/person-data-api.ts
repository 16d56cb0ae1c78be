import * as v from 'valibot';
import { caseDocument } from '$lib/documents/cases/case-document';
import { personDocument } from '$lib/documents/people/person-document';
import type { Ask, OfficeFailure } from '$lib/office/session/ask';
import { describeFailure } from '$lib/office/session/failure-text';
import { m } from '$lib/paraglide/messages';

/** What the law gives a person: all that is held about them, and its erasure. */

const anything = v.looseObject({});
const look = v.object({
  at: v.string(),
  account: v.string(),
  action: v.string(),
  case: v.optional(v.string()),
  why: v.optional(v.string()),
  organisation: v.optional(v.string()),
});
const personData = v.looseObject({
  format: v.literal('tiski-person'),
  madeAt: v.string(),
  person: personDocument,
  cases: v.array(caseDocument),
  letters: v.array(anything),
  submissions: v.array(anything),
  cards: v.array(anything),
  cardLogs: v.array(anything),
  looks: v.array(look),
  looksInAll: v.number(),
});
export type PersonData = v.InferOutput<typeof personData>;

const longMs = 60_000;

export const exportPerson = (ask: Ask, id: string, why: string) =>
  ask('POST', `/api/people/${encodeURIComponent(id)}/export`, personData, { why }, longMs);

export interface Erasure {
  why: string;
  /** Their cards admit nobody any more. */
  endsCards: boolean;
  /** The person asks for it, although a rectification could still be requested. */
  isAskedByPerson: boolean;
}
export const erasePerson = (ask: Ask, id: string, erasure: Erasure) =>
  ask('POST', `/api/people/${encodeURIComponent(id)}/erase`, v.unknown(), erasure, longMs);

export function personDataFailure(failure: OfficeFailure): string {
  const code = failure.kind === 'failed' ? failure.error : undefined;
  switch (code) {
    case 'case-open':
      return m.privacy_case_open();
    case 'not-final':
      return m.privacy_not_final();
    default:
      return describeFailure(failure);
  }
}
