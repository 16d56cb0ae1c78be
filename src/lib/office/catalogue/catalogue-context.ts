import { createContext } from 'svelte';
import type { CatalogueSync } from './catalogue-sync.svelte';
import type { CatalogueDraftsDatabase } from './drafts-database';

/** What all pages of the catalogue share. */
export interface CatalogueWork {
  db: CatalogueDraftsDatabase;
  sync: CatalogueSync;
}

export const [getCatalogueWork, setCatalogueWork] = createContext<CatalogueWork>();
