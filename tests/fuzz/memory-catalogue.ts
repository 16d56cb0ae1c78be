import type { CatalogueDocument } from '../../src/lib/documents/catalogue/catalogue-documents';
import { isLogDocument } from '../../src/lib/documents/parse-document';
import type { Sorted } from '../../src/lib/store/apply-changes';
import { catalogueOf, type Catalogue } from '../../src/lib/store/catalogue';

/** The catalogue's documents, each with the pull from zero that last met it (S8). */
export class MemoryCatalogue {
  readonly rows = new Map<string, { document: CatalogueDocument; run: number }>();

  read = (): Catalogue => catalogueOf([...this.rows.values()].map((row) => row.document));

  apply({ readable, deleted, unreadable }: Sorted, run: number): void {
    for (const document of readable) {
      if (document.type === 'card' || document.type === 'snapshot' || isLogDocument(document)) continue;
      this.rows.set(document._id, { document, run });
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
