import * as v from 'valibot';
import { boundedText, cardNumber, identifier, listOf, localDate } from '$lib/documents/fields';
import { caseId, personId, ulidText } from '$lib/documents/people/person-document';
import { blockReasons, type CardEvent } from '$lib/domain/benefit/card-life';
import { endReasons, suspensionReasons, type RightEvent } from '$lib/domain/benefit/right';

const logged = { by: boundedText(200), role: boundedText(40), at: v.number() };

const cardEvent = v.variant('kind', [
  v.object({ kind: v.literal('stocked'), ...logged, place: boundedText(100) }),
  v.object({ kind: v.literal('handed-out'), ...logged, handOut: ulidText, person: personId }),
  v.object({ kind: v.literal('hand-out-undone'), ...logged, handOut: ulidText }),
  v.object({ kind: v.literal('activated'), ...logged }),
  v.object({ kind: v.literal('blocked'), ...logged, reason: v.picklist(blockReasons) }),
  v.object({ kind: v.literal('unblocked'), ...logged }),
  v.object({ kind: v.literal('replaced'), ...logged, successor: cardNumber }),
  v.object({ kind: v.literal('destroyed'), ...logged }),
]);
const rightEvent = v.variant('kind', [
  v.object({
    kind: v.literal('granted'),
    ...logged,
    scheme: identifier,
    from: localDate,
    until: localDate,
  }),
  v.object({ kind: v.literal('renewed'), ...logged, until: localDate }),
  v.object({
    kind: v.literal('suspended'),
    ...logged,
    from: localDate,
    until: v.optional(localDate),
    reason: v.picklist(suspensionReasons),
  }),
  v.object({ kind: v.literal('unsuspended'), ...logged, on: localDate }),
  v.object({ kind: v.literal('ended'), ...logged, on: localDate, reason: v.picklist(endReasons) }),
]);

const isCardEvent = (value: unknown): value is CardEvent => v.safeParse(cardEvent, value).success;
const isRightEvent = (value: unknown): value is RightEvent => v.safeParse(rightEvent, value).success;

/**
 * `card-log:NUMBER` in tiski-people: what happened to a card that was handed out, and to the right that it
 * carries. The register's document of the card is made from it, and has no name.
 */
export const cardLogDocument = v.looseObject({
  _id: v.pipe(v.string(), v.startsWith('card-log:')),
  type: v.literal('card-log'),
  v: v.literal(1),
  number: cardNumber,
  scheme: identifier,
  person: personId,
  case: v.optional(caseId),
  card: listOf(v.custom<CardEvent>(isCardEvent)),
  right: listOf(v.custom<RightEvent>(isRightEvent)),
});
export type CardLogDocument = v.InferOutput<typeof cardLogDocument>;
