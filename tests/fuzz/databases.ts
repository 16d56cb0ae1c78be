/** The databases in the model's own words: PROTOCOL.md, What moves. */

export const catalogueDatabase = 'tiski-catalogue';
export const registerDatabase = 'tiski-register';
const visitsPrefix = 'tiski-visits-';
export const visitsDatabase = (sector: string): string => `${visitsPrefix}${sector}`;

export type Kind = 'catalogue' | 'register' | 'visits';

export function kindOf(database: string): Kind | undefined {
  if (database === catalogueDatabase) return 'catalogue';
  if (database === registerDatabase) return 'register';
  return database.startsWith(visitsPrefix) ? 'visits' : undefined;
}

/** What a desk of these sectors pulls, what a verdict needs first. */
export const databasesOf = (sectors: readonly string[]): string[] => [
  catalogueDatabase,
  registerDatabase,
  ...sectors.map(visitsDatabase),
];
