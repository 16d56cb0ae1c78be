/**
 * What is stored where: the databases, their names, and the document types that belong in each. This half of
 * the registry ships to devices; database-rights.ts says who may do what with it.
 */

export const databaseTypes = {
  /** What the city offers. */
  catalogue: ['scheme', 'service', 'venue', 'offering', 'key', 'rescue-key', 'settings'],
  /** One document per card, without names, and the server's packed snapshot of them all. */
  register: ['card', 'snapshot'],
  /**
   * What the office works with, without names: what desks have rescued, the criteria of schemes, and the
   * texts of letters.
   */
  office: ['rescue', 'criteria', 'letter-templates'],
  /**
   * What gives power: desks with their codes, whether the store is a demo, how reviews were resolved; and
   * what several servers have to agree on. No account is a member.
   */
  desks: [
    'desk',
    'origin',
    'decision',
    'epoch',
    'lease',
    // People who sign in: who they are, one-time links, where they are signed in, and when screens lock.
    'account',
    'invitation',
    'session',
    'sign-in-settings',
    'submission-key',
  ],
  /** Residents by name, their cases and letters, and what was submitted about them. No account is a member. */
  people: ['person', 'case', 'card-log', 'letter', 'submission'],
  /** Who looked at whom and who did what: a chain of entries, of which none ever changes. */
  audit: ['entry'],
  /** A sector's log: visits, choices, what undoes them, and resolutions of conflicts. */
  visits: ['visit', 'void', 'choice', 'release', 'resolution'],
} as const;

export type DatabaseKind = keyof typeof databaseTypes;
export const databaseKinds = Object.keys(databaseTypes) as DatabaseKind[];
export type TypeIn<Kind extends DatabaseKind> = (typeof databaseTypes)[Kind][number];

/** Those that desks keep a copy of, in the order in which they pull: what a verdict needs comes first. */
const deskKinds = ['catalogue', 'register', 'visits'] as const;
export type DeskDatabase = (typeof deskKinds)[number];
/** A document type that desks read. */
export type DeskType = { [Kind in DeskDatabase]: TypeIn<Kind> }[DeskDatabase];

/** Kinds with a single database; every sector has its own visits database. */
type CityDatabase = Exclude<DatabaseKind, 'visits'>;

export const catalogueDatabase = 'tiski-catalogue';
export const registerDatabase = 'tiski-register';
export const officeDatabase = 'tiski-office';
export const desksDatabase = 'tiski-desks';
export const peopleDatabase = 'tiski-people';
export const auditDatabase = 'tiski-audit';
const visitsPrefix = 'tiski-visits-';
export const visitsDatabase = (sector: string) => `${visitsPrefix}${sector}`;

/** In the order in which they are created. */
export const cityDatabases: Readonly<Record<CityDatabase, string>> = {
  catalogue: catalogueDatabase,
  register: registerDatabase,
  office: officeDatabase,
  desks: desksDatabase,
  people: peopleDatabase,
  audit: auditDatabase,
};

/** Whether a CouchDB's database is Tiski's, even of a kind that this version does not know. */
export const isTiskiDatabase = (name: string): boolean => name.startsWith('tiski-');

/** The sector whose log is in this database. */
export function sectorOf(database: string): string | undefined {
  return database.startsWith(visitsPrefix) ? database.slice(visitsPrefix.length) : undefined;
}

export const isVisitsDatabase = (name: string): boolean => sectorOf(name) !== undefined;

export function databaseKind(name: string): DatabaseKind | undefined {
  if (isVisitsDatabase(name)) return 'visits';
  return databaseKinds.find((kind) => kind !== 'visits' && cityDatabases[kind] === name);
}

/** The same for those that desks keep a copy of. */
export function deskDatabaseKind(name: string): DeskDatabase | undefined {
  const kind = databaseKind(name);
  return deskKinds.find((each) => each === kind);
}

/** What a desk pulls, in this order. */
export const deskDatabases = (sectors: readonly string[]): string[] =>
  deskKinds.flatMap((kind) => (kind === 'visits' ? sectors.map(visitsDatabase) : [cityDatabases[kind]]));

/** A database's document types: a document of another type in it is never trusted. */
export const typesIn = <Kind extends DatabaseKind>(kind: Kind): readonly TypeIn<Kind>[] =>
  databaseTypes[kind];
