import { createContext } from 'svelte';
import type { CatalogueSync } from './catalogue-sync.svelte';
import type { OfficeDatabase } from './drafts-database';

/** What every page of the catalogue shares. */
export interface CatalogueWork {
  db: OfficeDatabase;
  sync: CatalogueSync;
}

export const [getCatalogueWork, setCatalogueWork] = createContext<CatalogueWork>();
