import { databaseKinds, type DatabaseKind, type TypeIn } from './databases';
import { personRoles, type Role } from './roles';

/**
 * Who may do what with what is stored, and through which door: the other half of the registry that begins in
 * databases.ts. Provisioning and the validation functions are made from it, and tests/rights-table.ts tries
 * every caller at every door against it.
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
  /** Whether every request to it through CouchDB's API is logged before it is answered. */
  isLogged?: true;
  /** Whether nobody writes to it through CouchDB's API, not even the server's administrator. */
  isReadOnly?: true;
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

/** The server checks the right, and logs who asks about whom, before it reads or writes. */
const aboutPeople = {
  door: 'api',
  create: server,
  change: server,
  delete: server,
  attach: server,
} as const;

export const databaseGrants = {
  catalogue: {
    read: ['desk', ...personRoles],
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
  office: {
    read: ['office', 'administrator'],
    rules: administrators,
    types: { rescue: serversOwn, criteria: serversOwn, 'letter-templates': serversOwn },
    otherTypes: { create: office, change: office, delete: office },
    // A desk's document makes accounts. Desks used to be here.
    reservedTypes: { desk: serversOwn },
    refusal: 'Only the office writes here.',
  },
  desks: {
    read: server,
    rules: server,
    types: {
      desk: serversOwn,
      origin: serversOwn,
      decision: serversOwn,
      epoch: { ...serversOwn, isMadeAtStart: true, isOfThisStore: true },
      lease: { ...serversOwn, isMadeAtStart: true, isOfThisStore: true },
      account: serversOwn,
      // A restored backup must not make a used link fresh again.
      invitation: { ...serversOwn, isOfThisStore: true },
      session: { ...serversOwn, isMadeAtStart: true, isOfThisStore: true },
      'sign-in-settings': serversOwn,
      // Whoever publishes one can read what is submitted.
      'submission-key': { ...serversOwn, isMadeAtStart: true },
    },
    otherTypes: { create: server, change: server, delete: server },
    refusal: 'Only the server writes here.',
  },
  people: {
    read: server,
    rules: server,
    types: {
      person: aboutPeople,
      case: aboutPeople,
      'card-log': aboutPeople,
      letter: aboutPeople,
      submission: aboutPeople,
    },
    otherTypes: { create: server, change: server, delete: server },
    isLogged: true,
    refusal: 'Only the server reads and writes about people.',
  },
  audit: {
    read: server,
    rules: server,
    // Deleted only when its time is over.
    types: { entry: { ...aboutPeople, change: nobody, attach: nobody } },
    otherTypes: { create: server, change: server, delete: server },
    isLogged: true,
    isReadOnly: true,
    refusal: 'Only the server reads and writes the audit log.',
  },
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
} as const satisfies {
  [Kind in DatabaseKind]: DatabaseGrants & { types: Readonly<Record<TypeIn<Kind>, TypeGrants>> };
};

const typesThat = (holds: (grants: TypeGrants) => boolean): readonly string[] =>
  databaseKinds
    .flatMap((kind) => Object.entries<TypeGrants>(databaseGrants[kind].types))
    .flatMap(([type, grants]) => (holds(grants) ? [type] : []))
    .sort();

/** What the server makes by itself, sorted: a store with nothing else counts as empty. */
export const typesMadeAtStart = typesThat(({ isMadeAtStart }) => isMadeAtStart === true);
/** What backups leave out. */
export const typesOfThisStore = typesThat(({ isOfThisStore }) => isOfThisStore === true);
