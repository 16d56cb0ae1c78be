import * as v from 'valibot';
import { choiceDocument } from '$lib/documents/visits/visit-documents';
import type { Ask } from '$lib/office/session/ask';

const cardCode = v.object({ number: v.string(), code: v.string() });
/** A card's signed code (R2), to print. */
export type CardCode = v.InferOutput<typeof cardCode>;

const pathOf = (number: string) => `/api/cards/${encodeURIComponent(number)}`;

/** Requests the code of a card in the register. */
export const issueCardCode = (ask: Ask, number: string) =>
  ask('POST', `${pathOf(number)}/code`, cardCode, {});

const found = v.object({ number: v.string() });
/** A server that has just started reads its register at the first look-up. */
const findIdleMs = 60_000;

/**
 * The number of the card that has this number or code, as a reader gives it; `failed` with `unknown-card` if
 * there is none.
 */
export const findCard = (ask: Ask, text: string) =>
  ask('POST', '/api/cards/find', found, { text }, findIdleMs);

const choices = v.pipe(
  v.object({ choices: v.array(v.object({ choice: choiceDocument })) }),
  v.transform((answer) => answer.choices.map(({ choice }) => choice)),
);
/** R9: what the card's holder has chosen and not given back, oldest first. */
export const listChoices = (ask: Ask, number: string) => ask('GET', `${pathOf(number)}/choices`, choices);

/** R9: gives back a choice, named by its `_id`. */
export const releaseChoice = (ask: Ask, number: string, choice: string) =>
  ask('POST', `${pathOf(number)}/release`, v.unknown(), { choice });
