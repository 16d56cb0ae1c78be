/** The server's databases as a desk knows them; on the device they name cursors and destinations. */

export const registerDatabase = 'tiski-register';
export const catalogueDatabase = 'tiski-catalogue';
const visitsPrefix = 'tiski-visits-';

export function visitsDatabase(sector: string): string {
  return `${visitsPrefix}${sector}`;
}

/** What a database may hold: a document of another type in it is never believed. */
export type DatabaseKind = 'register' | 'catalogue' | 'visits';

export function databaseKind(name: string): DatabaseKind | undefined {
  if (name === registerDatabase) return 'register';
  if (name === catalogueDatabase) return 'catalogue';
  return name.startsWith(visitsPrefix) ? 'visits' : undefined;
}
