import { createContext } from 'svelte';
import type { CatalogueSync } from '$lib/state/catalogue-sync.svelte';
import type { OfficeDatabase } from '$lib/store/office-database';

/** What every page of the catalogue shares. */
export interface CatalogueWork {
  db: OfficeDatabase;
  sync: CatalogueSync;
}

export const [getCatalogueWork, setCatalogueWork] = createContext<CatalogueWork>();
