import * as v from 'valibot';
import { ask, type OfficeOutcome } from '$lib/office/session/office-api';

/** The catalogue over HTTP, as the signed-in person (session cookie). */

const stored = v.looseObject({ _id: v.string(), _rev: v.string() });
/** A document as the server has it. */
export type CatalogueRevision = v.InferOutput<typeof stored>;

const database = '/couch/tiski-catalogue';
const path = (id: string) => `${database}/${encodeURIComponent(id)}`;

const rows = v.pipe(
  v.object({ rows: v.array(v.object({ doc: v.unknown() })) }),
  v.transform((answer) =>
    answer.rows.flatMap(({ doc }): CatalogueRevision[] => {
      const parsed = v.safeParse(stored, doc);
      return parsed.success && !parsed.output._id.startsWith('_design/') ? [parsed.output] : [];
    }),
  ),
);
/** Everything in the catalogue: hundreds of documents, not thousands. */
export const pullCatalogue = (): Promise<OfficeOutcome<CatalogueRevision[]>> =>
  ask('GET', `${database}/_all_docs?include_docs=true`, rows);

export const readStored = (id: string): Promise<OfficeOutcome<CatalogueRevision>> =>
  ask('GET', path(id), stored);

const putAnswer = v.pipe(
  v.object({ ok: v.literal(true), rev: v.string() }),
  v.transform(({ rev }) => rev),
);
/** Writes a document over the revision `rev`, or as a new one; gives its new revision. */
export const putDocument = (
  document: { _id: string },
  rev: string | undefined,
): Promise<OfficeOutcome<string>> =>
  ask('PUT', path(document._id), putAnswer, {
    ...document,
    ...(rev !== undefined && { _rev: rev }),
  });

/** Has the server make what a service of a new sector needs; safe to ask again. */
export const provisionSectors = () => ask('POST', '/api/sectors', v.unknown(), {});
