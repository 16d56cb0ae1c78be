import * as v from 'valibot';
import { localizedText, type LocalizedText } from '$lib/documents/fields';
import type { Ask, OfficeOutcome } from '$lib/office/session/ask';

/** Names of the catalogue's documents, by `_id`. */
export type CatalogueNames = ReadonlyMap<string, LocalizedText>;

const named = v.object({ _id: v.string(), names: localizedText });
const rows = v.pipe(
  v.object({ rows: v.array(v.object({ doc: v.unknown() })) }),
  v.transform(
    (answer): CatalogueNames =>
      new Map(
        answer.rows.flatMap(({ doc }) => {
          const parsed = v.safeParse(named, doc);
          return parsed.success ? [[parsed.output._id, parsed.output.names] as const] : [];
        }),
      ),
  ),
);

/** The names of everything in the catalogue, for the signed-in person. */
export const readCatalogueNames = (ask: Ask): Promise<OfficeOutcome<CatalogueNames>> =>
  ask('GET', '/couch/tiski-catalogue/_all_docs?include_docs=true', rows);
