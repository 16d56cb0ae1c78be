import * as v from 'valibot';
import { fittingId, listOfNamed, requiredText, textInAll } from './criteria-fields';

/** The most organisations of a city. */
const mostOrganisations = 500;

/** Whom the office asks about a referral. It is not published. */
const contact = v.pipe(
  v.object({
    name: requiredText(100),
    phone: v.exactOptional(v.pipe(requiredText(40), v.regex(/^\+?[\d\s()/-]+$/, 'not-a-phone'))),
    email: v.exactOptional(v.pipe(requiredText(200), v.email('not-an-email'))),
  }),
  v.forward(
    v.check(({ phone, email }) => phone !== undefined || email !== undefined, 'no-way-to-reach'),
    ['phone'],
  ),
);

/** An organisation that refers: accounts and service paths name it by its id. */
export const organisation = v.object({
  id: fittingId,
  names: textInAll(100),
  contact: v.exactOptional(contact),
  /** How residents reach it: published, so no person's own number. */
  reach: v.exactOptional(textInAll(300)),
});
export type ReferringOrganisation = v.InferOutput<typeof organisation>;

export const organisationList = listOfNamed(organisation, 0, mostOrganisations);

/** `organisations:city`: all of them in one document, because a coordinator edits them as one list. */
export const organisationsDocument = v.object({
  _id: v.literal('organisations:city'),
  _rev: v.exactOptional(v.string()),
  type: v.literal('organisations'),
  v: v.literal(1),
  list: organisationList,
});
export const organisationsId = 'organisations:city';
