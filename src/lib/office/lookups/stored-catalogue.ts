import * as v from 'valibot';
import type { CatalogueDocument } from '$lib/documents/catalogue/catalogue-documents';
import { parseDocument } from '$lib/documents/parse-document';
import type { Ask, OfficeOutcome } from '$lib/office/session/ask';

export const storedDocument = v.looseObject({ _id: v.string(), _rev: v.string() });
/** A document of the catalogue as the server has it, with CouchDB's revision. */
export type CatalogueRevision = v.InferOutput<typeof storedDocument>;

const rows = v.pipe(
  v.object({ rows: v.array(v.object({ doc: v.unknown() })) }),
  v.transform((answer) =>
    answer.rows.flatMap(({ doc }): CatalogueRevision[] => {
      const parsed = v.safeParse(storedDocument, doc);
      return parsed.success && !parsed.output._id.startsWith('_design/') ? [parsed.output] : [];
    }),
  ),
);

/** Everything in the catalogue: hundreds of documents, not thousands. */
export const pullCatalogue = (ask: Ask): Promise<OfficeOutcome<CatalogueRevision[]>> =>
  ask('GET', '/couch/tiski-catalogue/_all_docs?include_docs=true', rows);

/** The document without its revision; undefined if this build can't read it. */
export function catalogueDocumentFrom(stored: { _id: string }): CatalogueDocument | undefined {
  const parsed = parseDocument(stored);
  if (!parsed.ok) return undefined;
  switch (parsed.document.type) {
    case 'scheme':
    case 'service':
    case 'venue':
    case 'offering':
    case 'key':
    case 'rescue-key':
    case 'settings':
      return parsed.document;
    default:
      return undefined;
  }
}
