import * as v from 'valibot';
import type { PersonEvent } from '$lib/domain/benefit/person-life';
import { boundedText, cardNumber, listOf, localDate } from '$lib/documents/fields';

/** A ULID in Crockford's alphabet, as part of an `_id`. */
export const ulidText = v.pipe(v.string(), v.regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'must be a ULID'));
const idOf = (type: string) =>
  v.pipe(v.string(), v.regex(new RegExp(`^${type}:[0-9A-HJKMNP-TV-Z]{26}$`), `must be ${type}: and a ULID`));
export const personId = idOf('person');
export const caseId = idOf('case');
export const letterId = idOf('letter');

/** The languages in which a person can be served. */
export const serviceLanguages = ['fi', 'sv', 'en'] as const;
export const contactKinds = ['phone', 'email', 'post'] as const;

export const personName = v.object({ given: boundedText(100), family: boundedText(100) });
export type PersonName = v.InferOutput<typeof personName>;

/** One way to reach somebody; `post` is the address in the document. */
export const contact = v.variant('kind', [
  v.object({ kind: v.literal('phone'), value: v.pipe(boundedText(30), v.regex(/^\+?[\d ()-]{5,}$/)) }),
  v.object({ kind: v.literal('email'), value: v.pipe(boundedText(200), v.email()) }),
  v.object({ kind: v.literal('post') }),
]);
export type Contact = v.InferOutput<typeof contact>;

export const postalAddress = v.object({
  street: boundedText(100),
  postcode: v.pipe(boundedText(10), v.regex(/^[\dA-Z -]{3,10}$/)),
  town: boundedText(60),
});
export type PostalAddress = v.InferOutput<typeof postalAddress>;

/** What is known about somebody: all of it goes when they are erased. */
export const personFacts = v.object({
  name: personName,
  birthYear: v.pipe(
    v.number('must be a year like 1974'),
    v.integer('must be a year like 1974'),
    v.minValue(1900, 'must be a year like 1974'),
    v.maxValue(2100, 'must be a year like 1974'),
  ),
  language: v.picklist(serviceLanguages),
  contact,
  address: v.optional(postalAddress),
});
export type PersonFacts = v.InferOutput<typeof personFacts>;

/** What happened to somebody's record; its state is the fold (domain/benefit/person-life.ts). */
const logged = { by: boundedText(200), role: boundedText(40), at: v.number() };
const personEvent = v.variant('kind', [
  v.object({ kind: v.literal('registered'), ...logged, person: personId }),
  v.object({ kind: v.literal('merged'), ...logged, into: personId }),
  v.object({ kind: v.literal('erased'), ...logged }),
]);
const isPersonEvent = (value: unknown): value is PersonEvent => v.safeParse(personEvent, value).success;

/** The link from a person to a card: it is nowhere else. */
export const heldCard = v.object({
  number: cardNumber,
  case: v.optional(caseId),
  since: localDate,
  /** No longer theirs. */
  until: v.optional(localDate),
});
export type HeldCard = v.InferOutput<typeof heldCard>;

/**
 * A resident. Once erased, `facts` and `cards` are gone and the id stays, so that figures don't move.
 */
export const personDocument = v.looseObject({
  _id: personId,
  type: v.literal('person'),
  v: v.literal(1),
  facts: v.optional(personFacts),
  cards: listOf(heldCard, 100),
  log: listOf(v.custom<PersonEvent>(isPersonEvent)),
  /** An erasure that has begun: it is finished, also after a crash, and nobody finds the person any more. */
  erasing: v.optional(v.object({ ...logged, role: v.picklist(['decide']), endsCards: v.boolean() })),
});
export type PersonDocument = v.InferOutput<typeof personDocument>;
