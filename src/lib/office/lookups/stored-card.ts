import * as v from 'valibot';
import { cardDocument, type CardDocument } from '$lib/documents/register/card-document';
import { ask } from '$lib/office/session/office-api';

/** A card of the register over HTTP, as the signed-in person of the office (session cookie). */

/** `stored` has also what this build knows nothing of: it is kept when the card is changed. */
export interface StoredCard {
  document: CardDocument;
  stored: { _id: string; _rev: string; [field: string]: unknown };
}

const storedCard = v.pipe(
  v.looseObject({ _id: v.string(), _rev: v.string() }),
  v.transform((stored): StoredCard => ({ stored, document: v.parse(cardDocument, stored) })),
);

const path = (number: string) => `/couch/tiski-register/${encodeURIComponent(`card:${number}`)}`;

export const readStoredCard = (number: string) => ask('GET', path(number), storedCard);

/** Writes over the revision that was read; `failed` with the error `conflict` where somebody was quicker. */
export const putCard = (number: string, stored: StoredCard['stored']) =>
  ask('PUT', path(number), v.object({ ok: v.literal(true), rev: v.string() }), stored);
