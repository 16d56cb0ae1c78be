import * as v from 'valibot';
import { pullCatalogue, storedDocument, type CatalogueRevision } from '$lib/office/lookups/stored-catalogue';
import type { Ask, OfficeOutcome } from '$lib/office/session/ask';

/** What a round of `syncCatalogue` needs from the server; tests provide their own. */
export interface CatalogueRemote {
  pull(): Promise<OfficeOutcome<CatalogueRevision[]>>;
  /** Writes a document over the revision `rev`, or as a new one; returns its new revision. */
  put(document: { _id: string }, rev: string | undefined): Promise<OfficeOutcome<string>>;
  read(id: string): Promise<OfficeOutcome<CatalogueRevision>>;
  /** Creates the databases of sectors that services name for the first time; safe to repeat. */
  provision(): Promise<OfficeOutcome<unknown>>;
}

const pathOf = (id: string) => `/couch/tiski-catalogue/${encodeURIComponent(id)}`;

const putAnswer = v.pipe(
  v.object({ ok: v.literal(true), rev: v.string() }),
  v.transform(({ rev }) => rev),
);

/** The catalogue over HTTP. */
export const catalogueRemote = (ask: Ask): CatalogueRemote => ({
  pull: () => pullCatalogue(ask),
  put: (document, rev) =>
    ask('PUT', pathOf(document._id), putAnswer, { ...document, ...(rev !== undefined && { _rev: rev }) }),
  read: (id) => ask('GET', pathOf(id), storedDocument),
  provision: () => ask('POST', '/api/sectors', v.unknown(), {}),
});
