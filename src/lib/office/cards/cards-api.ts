import * as v from 'valibot';
import { cardDocument, cardFromDocument } from '$lib/documents/register/card-document';
import { choiceDocument } from '$lib/documents/visits/visit-documents';
import { ask } from '$lib/office/session/office-api';

const cardCode = v.object({ number: v.string(), code: v.string() });
/** A card's signed code (R2), to print. */
export type CardCode = v.InferOutput<typeof cardCode>;

/** Asks for the code of a card of the register, as the signed-in person of the office. */
export const issueCardCode = (number: string) =>
  ask('POST', `/api/cards/${encodeURIComponent(number)}/code`, cardCode, {});

const found = v.object({ number: v.string() });
/** A server that has just started reads its register at the first look. */
const findIdleMs = 60_000;

/** The number of the card that has this number or code, as a reader gives it; `failed` with `unknown-card` for none. */
export const findCard = (text: string) => ask('POST', '/api/cards/find', found, { text }, findIdleMs);

/** A card of the register, for who may see it. */
export const readCard = (number: string) =>
  ask(
    'GET',
    `/couch/tiski-register/${encodeURIComponent(`card:${number}`)}`,
    v.pipe(cardDocument, v.transform(cardFromDocument)),
  );

const choices = v.pipe(
  v.object({ choices: v.array(v.object({ choice: choiceDocument })) }),
  v.transform((answer) => answer.choices.map(({ choice }) => choice)),
);
/** R9: what the card's holder has chosen and what was not released, oldest first. */
export const listChoices = (number: string) =>
  ask('GET', `/api/cards/${encodeURIComponent(number)}/choices`, choices);

/** R9: releases a choice; its `_id`. */
export const releaseChoice = (number: string, choice: string) =>
  ask('POST', `/api/cards/${encodeURIComponent(number)}/release`, v.unknown(), { choice });
