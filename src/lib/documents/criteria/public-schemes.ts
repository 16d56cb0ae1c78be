import * as v from 'valibot';
import { schemeModes } from '$lib/domain/benefit/case-action';

/** What the server publishes about schemes, and what pages read: bounds are those of what it is made from. */

const texts = v.object({ fi: v.string(), sv: v.string(), en: v.string() });

const publicScheme = v.object({
  id: v.string(),
  names: texts,
  /** The first day of the criteria. */
  from: v.string(),
  mode: v.picklist(schemeModes),
  validity: v.union([v.object({ months: v.number() }), v.object({ until: v.string() })]),
  whoQualifies: texts,
  whatElse: texts,
  /** What the holder pays for the card, in euro cents. */
  fee: v.exactOptional(v.number()),
  /** Kinds of proof that may be shown. */
  proofs: v.array(texts),
  gives: v.array(v.object({ names: texts, venues: v.array(texts), isPaused: v.boolean() })),
  paths: v.array(
    v.object({
      names: texts,
      organisations: v.array(v.object({ names: texts, reach: v.exactOptional(texts) })),
    }),
  ),
});
export type PublicScheme = v.InferOutput<typeof publicScheme>;

export const publicSchemes = v.object({
  /** The city's name. */
  city: v.exactOptional(texts),
  schemes: v.array(publicScheme),
});
export type PublicSchemes = v.InferOutput<typeof publicSchemes>;
