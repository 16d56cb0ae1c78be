import * as v from 'valibot';
import { ruleField, ruleFromField } from '$lib/documents/catalogue/rule-fields';
import { cardNumber, count, identifier, listOf, localDate } from '$lib/documents/fields';
import { canonicalCode } from '$lib/domain/code/canonical-code';
import { cardStatuses, type Card } from '$lib/domain/visit/card';

/** `card:NUMBER` in tiski-register: what a desk needs to know about a card, and no name. */
export const cardDocument = v.object({
  _id: v.pipe(v.string(), v.startsWith('card:')),
  type: v.literal('card'),
  v: v.literal(1),
  number: cardNumber,
  /** Codes of card stock made elsewhere, in addition to the number itself. */
  codes: listOf(
    v.object({
      kind: v.picklist(['qr', 'barcode', 'rfid']),
      value: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
    }),
    100,
  ),
  scheme: identifier,
  status: v.picklist(cardStatuses),
  statusUntil: v.optional(localDate),
  validFrom: localDate,
  validUntil: localDate,
  /** Its own rights to services, in addition to the scheme's or instead of them (R6, R7). */
  rights: v.optional(
    listOf(
      v.object({ service: identifier, isGiven: v.optional(v.boolean(), true), rule: v.optional(ruleField) }),
    ),
  ),
  /** Instead of the scheme's (R11). */
  companions: v.optional(v.object({ children: v.optional(count), assistant: v.optional(v.boolean()) })),
  /** A group's card (R11). */
  groupSize: v.optional(v.pipe(count, v.minValue(1))),
  hint: v.optional(v.pipe(v.string(), v.maxLength(20))),
});
export type CardDocument = v.InferOutput<typeof cardDocument>;

/** R1: the codes that find this card, each once and in canonical form. */
export function canonicalCodes({ codes }: Pick<CardDocument, 'codes'>): string[] {
  return [...new Set(codes.map(({ value }) => canonicalCode(value)))];
}

export function cardFromDocument(document: CardDocument): Card {
  const { number, scheme, status, statusUntil, validFrom, validUntil, hint } = document;
  const { rights, companions, groupSize } = document;
  return {
    number,
    scheme,
    status,
    validFrom,
    validUntil,
    ...(statusUntil === undefined ? {} : { statusUntil }),
    ...(rights && {
      rights: rights.map(({ service, isGiven, rule }) => ({
        service,
        isGiven,
        ...(rule && { rule: ruleFromField(rule) }),
      })),
    }),
    ...(companions && {
      companions: {
        ...(companions.children !== undefined && { children: companions.children }),
        ...(companions.assistant !== undefined && { assistant: companions.assistant }),
      },
    }),
    ...(groupSize === undefined ? {} : { groupSize }),
    ...(hint === undefined ? {} : { hint }),
  };
}
