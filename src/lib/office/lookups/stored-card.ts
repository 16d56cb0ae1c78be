import * as v from 'valibot';
import { cardDocument, type CardDocument } from '$lib/documents/register/card-document';
import type { Ask } from '$lib/office/session/ask';

/**
 * A card of the register. `stored` also has fields that this build doesn't know: they are kept when the card
 * is changed.
 */
export interface StoredCard {
  document: CardDocument;
  stored: { _id: string; _rev: string; [field: string]: unknown };
}

const storedCard = v.pipe(
  v.looseObject({ _id: v.string(), _rev: v.string() }),
  v.rawTransform(({ dataset: { value: stored }, addIssue, NEVER }): StoredCard => {
    const parsed = v.safeParse(cardDocument, stored);
    if (parsed.success) return { stored, document: parsed.output };
    addIssue({ message: 'This build can’t read the card.' });
    return NEVER;
  }),
);

const pathOf = (number: string) => `/couch/tiski-register/${encodeURIComponent(`card:${number}`)}`;

export const readStoredCard = (ask: Ask, number: string) => ask('GET', pathOf(number), storedCard);

/** Writes over the revision that was read; `failed` with the error `conflict` if somebody else was faster. */
export const putCard = (ask: Ask, number: string, stored: StoredCard['stored']) =>
  ask('PUT', pathOf(number), v.object({ ok: v.literal(true), rev: v.string() }), stored);
