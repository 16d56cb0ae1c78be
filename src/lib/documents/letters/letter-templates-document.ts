import * as v from 'valibot';
import { boundedText, identifier, listOf } from '$lib/documents/fields';
import { postalAddress } from '$lib/documents/people/person-document';
import { decisionOutcomes } from '$lib/domain/benefit/case-action';

/** A text in both official languages; empty while nobody has written it. */
const bilingual = (most: number) => {
  const text = v.pipe(v.string(), v.trim(), v.maxLength(most, `must have ${most} characters at most`));
  return v.object({ fi: text, sv: text });
};

const office = v.object({
  name: bilingual(200),
  address: v.optional(postalAddress),
  phone: v.optional(v.pipe(boundedText(40), v.regex(/^\+?[\d ()/-]{5,}$/, 'must be a telephone number'))),
  email: v.optional(v.pipe(boundedText(200), v.email('must be an e-mail address'))),
});

const areDistinct = (values: readonly string[]) => new Set(values).size === values.length;

/** What the city says in every letter. */
export const letterTemplates = v.object({
  authority: office,
  rectification: office,
  court: office,
  provisions: bilingual(4000),
  ofSchemes: v.pipe(
    listOf(v.object({ scheme: identifier, provisions: bilingual(4000) }), 50),
    v.check((all) => areDistinct(all.map(({ scheme }) => scheme)), 'must have each scheme once'),
  ),
  reasons: v.pipe(
    listOf(v.object({ id: identifier, outcome: v.picklist(decisionOutcomes), text: bilingual(2000) }), 50),
    v.check((all) => areDistinct(all.map(({ id }) => id)), 'must have each id once'),
  ),
});
export type LetterTemplatesFields = v.InferOutput<typeof letterTemplates>;

/** `letter-templates:city` */
export const letterTemplatesDocument = v.object({
  _id: v.literal('letter-templates:city'),
  _rev: v.exactOptional(v.string()),
  type: v.literal('letter-templates'),
  v: v.literal(1),
  ...letterTemplates.entries,
});
