import type { CatalogueDocument } from '../../src/lib/documents/catalogue/catalogue-documents';
import { isOfCatalogue, type Sorted } from './reading';

/** The catalogue's documents, each with the pull from zero that last met it (S8). */
export class MemoryCatalogue {
  readonly rows = new Map<string, { document: CatalogueDocument; run: number }>();

  get documents(): CatalogueDocument[] {
    return [...this.rows.values()].map(({ document }) => document);
  }

  apply({ readable, deleted, unreadable }: Sorted, run: number): void {
    for (const document of readable) {
      if (isOfCatalogue(document)) this.rows.set(document._id, { document, run });
    }
    for (const id of deleted) this.rows.delete(id);
    // S7: the last version that could be read goes on answering.
    for (const { id } of unreadable) {
      const row = this.rows.get(id);
      if (row) row.run = run;
    }
  }

  sweep(run: number): void {
    for (const [id, row] of this.rows) if (row.run < run) this.rows.delete(id);
  }
}
