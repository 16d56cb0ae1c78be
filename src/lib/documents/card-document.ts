import * as v from 'valibot';
import { cardStatuses, type Card } from '$lib/domain/card';
import { cardNumber, identifier, localDate } from './fields';

/** `card:NUMBER` in tiski-register: what a desk needs of a card, and no name. */
export const cardDocument = v.object({
  _id: v.pipe(v.string(), v.startsWith('card:')),
  type: v.literal('card'),
  v: v.literal(1),
  number: cardNumber,
  /** Codes of card stock made elsewhere, beside the number itself. */
  codes: v.array(
    v.object({
      kind: v.picklist(['qr', 'barcode', 'rfid']),
      value: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
    }),
  ),
  scheme: identifier,
  status: v.picklist(cardStatuses),
  statusUntil: v.optional(localDate),
  validFrom: localDate,
  validUntil: localDate,
  hint: v.optional(v.pipe(v.string(), v.maxLength(20))),
});
export type CardDocument = v.InferOutput<typeof cardDocument>;

export function cardFromDocument(document: CardDocument): Card {
  const { number, scheme, status, statusUntil, validFrom, validUntil, hint } = document;
  return {
    number,
    scheme,
    status,
    validFrom,
    validUntil,
    ...(statusUntil === undefined ? {} : { statusUntil }),
    ...(hint === undefined ? {} : { hint }),
  };
}
