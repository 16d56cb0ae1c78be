import type { Role } from './roles';

/**
 * The one registry of what is stored: the databases, the document types that belong in each, and who may do
 * what with them. Provisioning, the validation functions and the sync's lists are made from it, and
 * tests/rights-table.ts tries every caller at every door against it.
 */

export type Operation = 'create' | 'change' | 'delete' | 'attach';
type Roles = readonly Role[];

/** Who may do what with documents of a type. A desk may only create its own. */
export interface TypeGrants extends Record<Operation, Roles> {
  /** Which door they use: CouchDB's API, or the server alone, behind its own API. */
  door: 'couch' | 'api';
  /** Why others are refused, if not for the database's own reason. */
  refusal?: string;
  /** Whether the server makes such documents by itself: a store with nothing else counts as empty. */
  isMadeAtStart?: true;
  /** Whether it belongs to this very store, or to the version that runs on it: backups leave it out. */
  isOfThisStore?: true;
}

export interface DatabaseGrants {
  /** Who reads all of it. Desks only read their sectors', if each sector has its own database. */
  read: Roles;
  /** Who changes `_security` and design documents. */
  rules: Roles;
  types: Readonly<Record<string, TypeGrants>>;
  /** Documents of any other type, which no desk reads. */
  otherTypes: Pick<TypeGrants, 'create' | 'change' | 'delete'>;
  /** Types that don't belong here and would give power to whoever writes them. */
  reservedTypes?: Readonly<Record<string, TypeGrants>>;
  /** Why others are refused. */
  refusal: string;
}

const nobody = [] as const;
const server = ['server'] as const;
const administrators = ['administrator', 'server'] as const;
const office = ['office', ...administrators] as const;
const coordinators = ['coordinator', ...administrators] as const;
const counter = ['desk', ...office] as const;

/** Documents that devices read: no attachments. */
const readByDevices = (may: Roles, refusal?: string) => ({
  door: 'couch' as const,
  create: may,
  change: may,
  delete: may,
  attach: nobody,
  ...(refusal !== undefined && { refusal }),
});

/** Whoever publishes a key can make cards, or read the desks' rescue files: not a coordinator's job. */
const publishedKey = {
  ...readByDevices(administrators, 'Only administrators publish keys.'),
  isMadeAtStart: true as const,
};

/** What happened: it stays, and never changes. */
const logged = {
  door: 'couch',
  create: counter,
  change: nobody,
  delete: server,
  attach: nobody,
} as const;

/** What gives power or serves as evidence. */
const serversOwn = {
  door: 'api',
  create: server,
  change: server,
  delete: server,
  attach: server,
  refusal: 'Only the server writes desks and rescue notes.',
} as const;

export const databases = {
  /** What the city offers. */
  catalogue: {
    read: ['desk', 'office', 'coordinator', 'administrator', 'reports', 'referrer'],
    rules: administrators,
    types: {
      scheme: readByDevices(coordinators),
      service: readByDevices(coordinators),
      venue: readByDevices(coordinators),
      offering: readByDevices(coordinators),
      key: publishedKey,
      'rescue-key': publishedKey,
      settings: readByDevices(coordinators),
    },
    otherTypes: { create: nobody, change: nobody, delete: coordinators },
    refusal: 'Only coordinators and administrators change the catalogue.',
  },
  /** One document per card, without names, and the server's packed snapshot of them all. */
  register: {
    read: ['desk', 'office', 'administrator'],
    rules: administrators,
    types: {
      card: {
        ...readByDevices(office),
        // Nobody knows whether the card was handed out, and a printed code lives on: the office ends a card
        // instead.
        delete: administrators,
        refusal: 'Cards are not deleted. End the card: status ended.',
      },
      snapshot: {
        ...readByDevices(administrators, 'Only the server packs the register.'),
        attach: administrators,
        isOfThisStore: true,
      },
    },
    otherTypes: { create: nobody, change: nobody, delete: office },
    refusal: 'Only the office changes the register.',
  },
  /** People and applications, for the office alone. */
  office: {
    read: ['office', 'administrator'],
    rules: administrators,
    types: { rescue: serversOwn },
    otherTypes: { create: office, change: office, delete: office },
    // A desk's document makes accounts. Desks used to be here.
    reservedTypes: { desk: serversOwn },
    refusal: 'Only the office writes here.',
  },
  /**
   * What gives power: desks with their codes, whether the store is a demo, how reviews were resolved; and
   * what several servers have to agree on. No account is a member.
   */
  desks: {
    read: server,
    rules: server,
    types: {
      desk: serversOwn,
      origin: serversOwn,
      decision: serversOwn,
      epoch: { ...serversOwn, isMadeAtStart: true, isOfThisStore: true },
      lease: { ...serversOwn, isMadeAtStart: true, isOfThisStore: true },
    },
    otherTypes: { create: server, change: server, delete: server },
    refusal: 'Only the server writes here.',
  },
  /** A sector's log: visits, choices, what undoes them, and resolutions of conflicts. */
  visits: {
    read: ['desk', 'office', 'reports', 'administrator'],
    rules: administrators,
    types: {
      visit: logged,
      void: logged,
      choice: logged,
      release: logged,
      resolution: logged,
    },
    otherTypes: { create: nobody, change: nobody, delete: server },
    refusal: 'Only desks and the office write visits.',
  },
} as const satisfies Record<string, DatabaseGrants>;

export type DatabaseKind = keyof typeof databases;
export const databaseKinds = Object.keys(databases) as DatabaseKind[];
/** Kinds with a single database; every sector has its own visits database. */
type CityDatabase = Exclude<DatabaseKind, 'visits'>;
/** Those that desks keep a copy of. */
export type DeskDatabase = {
  [Kind in DatabaseKind]: 'desk' extends (typeof databases)[Kind]['read'][number] ? Kind : never;
}[DatabaseKind];
export type TypeIn<Kind extends DatabaseKind> = keyof (typeof databases)[Kind]['types'];
/** A document type that desks read. */
export type DeskType = { [Kind in DeskDatabase]: TypeIn<Kind> }[DeskDatabase];

export const catalogueDatabase = 'tiski-catalogue';
export const registerDatabase = 'tiski-register';
export const officeDatabase = 'tiski-office';
export const desksDatabase = 'tiski-desks';
const visitsPrefix = 'tiski-visits-';
export const visitsDatabase = (sector: string) => `${visitsPrefix}${sector}`;

/** In the order in which they are created. */
export const cityDatabases: Readonly<Record<CityDatabase, string>> = {
  catalogue: catalogueDatabase,
  register: registerDatabase,
  office: officeDatabase,
  desks: desksDatabase,
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
  return kind !== undefined && isReadByDesks(kind) ? kind : undefined;
}

function isReadByDesks(kind: DatabaseKind): kind is DeskDatabase {
  const { read }: DatabaseGrants = databases[kind];
  return read.includes('desk');
}

/** What a desk pulls, in this order: what it needs for a verdict comes first. */
export const deskDatabases = (sectors: readonly string[]): string[] =>
  databaseKinds
    .filter(isReadByDesks)
    .flatMap((kind) => (kind === 'visits' ? sectors.map(visitsDatabase) : [cityDatabases[kind]]));

/** A database's document types: a document of another type in it is never trusted. */
export const typesIn = <Kind extends DatabaseKind>(kind: Kind): readonly TypeIn<Kind>[] =>
  Object.keys(databases[kind].types) as TypeIn<Kind>[];

const typesThat = (holds: (grants: TypeGrants) => boolean): readonly string[] =>
  databaseKinds
    .flatMap((kind) => Object.entries<TypeGrants>(databases[kind].types))
    .flatMap(([type, grants]) => (holds(grants) ? [type] : []))
    .sort();

/** What the server makes by itself, sorted: a store with nothing else counts as empty. */
export const typesMadeAtStart = typesThat(({ isMadeAtStart }) => isMadeAtStart === true);
/** What backups leave out. */
export const typesOfThisStore = typesThat(({ isOfThisStore }) => isOfThisStore === true);
