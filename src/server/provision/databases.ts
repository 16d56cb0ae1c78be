import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import {
  databaseGrants,
  type DatabaseGrants,
  type Operation,
  type TypeGrants,
} from '$lib/documents/database-rights';
import {
  cityDatabases,
  databaseKind,
  databaseKinds,
  sectorOf,
  visitsDatabase,
  type DatabaseKind,
} from '$lib/documents/databases';
import { identifier } from '$lib/documents/fields';
import { typesOf, type DocumentType } from '$lib/documents/parse-document';
import type { Role } from '$lib/documents/roles';
import { shapesOf } from './document-shapes';

/** What provisioning makes of a database: who may use it, and which rules its documents follow. */
export interface DatabasePlan {
  name: string;
  kind: DatabaseKind;
  /** Roles of accounts that read it. */
  members: readonly string[];
  /** Roles of accounts that may change rights and rules, apart from CouchDB's own administrators. */
  admins: readonly string[];
}

/** The name of a role in CouchDB: its administrator is the server. */
const couchRole = (role: Role): string => (role === 'server' ? '_admin' : role);

function planFor(kind: DatabaseKind, name: string): DatabasePlan {
  const { read, rules }: DatabaseGrants = databaseGrants[kind];
  const sector = sectorOf(name);
  const memberRole = (role: Role) =>
    role === 'desk' && sector !== undefined ? `sector:${sector}` : couchRole(role);
  // Whoever is named here besides the server stands for it as well.
  const others = rules.filter((role) => role !== 'server');
  return {
    name,
    kind,
    members: read.map(memberRole),
    admins: (others.length > 0 ? others : rules).map(couchRole),
  };
}

export const fixedPlans: readonly DatabasePlan[] = databaseKinds.flatMap((kind) =>
  kind === 'visits' ? [] : [planFor(kind, cityDatabases[kind])],
);

export const visitsPlan = (sector: string): DatabasePlan => planFor('visits', visitsDatabase(sector));

/** The plan of a database by its name; undefined if provisioning would not make it. */
export function planOf(name: string): DatabasePlan | undefined {
  const kind = databaseKind(name);
  if (kind === undefined || (kind === 'visits' && !v.is(identifier, sectorOf(name)))) return undefined;
  return planFor(kind, name);
}

/** CouchDB's `_security` for a plan. */
export const securityOf = ({ members, admins }: DatabasePlan) => ({
  admins: { names: [], roles: admins },
  members: { names: [], roles: members },
});

/** What the validation functions get from the registry: who may write what, by CouchDB's roles. */
export interface WriteRights {
  rules: readonly string[];
  types: Record<string, WriteGrants>;
  otherTypes: WriteGrants;
  refusal: string;
}
type WriteGrants = Record<Exclude<Operation, 'attach'>, readonly string[]> & { refusal?: string };

/** What validate/rights.js makes of them. */
export interface Rights {
  /** Why an account with these roles may not do that; undefined if it may. */
  refusalOf(
    newDoc: { _id: string; type?: unknown },
    operation: Exclude<Operation, 'attach'>,
    roles: readonly string[],
  ): string | undefined;
  /** Whether it may change the rules themselves. */
  isAdministrator(roles: readonly string[]): boolean;
}

/**
 * The expression in a file with rules; it throws CouchDB's `forbidden` or `unauthorized`, with a code before
 * the sentence.
 */
export type Rules = (
  newDoc: { _id: string; _deleted?: boolean } & Record<string, unknown>,
  oldDoc: Record<string, unknown> | null,
  userCtx: { name: string | null; roles: string[] },
  rights: Rights,
  faultOf: (doc: Record<string, unknown>) => string | undefined,
) => void;

const writeGrants = (grants: Pick<TypeGrants, 'create' | 'change' | 'delete' | 'refusal'>): WriteGrants => ({
  create: grants.create.map(couchRole),
  change: grants.change.map(couchRole),
  delete: grants.delete.map(couchRole),
  ...(grants.refusal !== undefined && { refusal: grants.refusal }),
});

function writeRights(kind: DatabaseKind): WriteRights {
  const { rules, types, otherTypes, reservedTypes, refusal }: DatabaseGrants = databaseGrants[kind];
  const listed = Object.entries({ ...types, ...reservedTypes });
  return {
    rules: rules.map(couchRole),
    types: Object.fromEntries(listed.map(([type, grants]) => [type, writeGrants(grants)])),
    otherTypes: writeGrants(otherTypes),
    refusal,
  };
}

/** The files in validate/ whose rules a document follows, in order. */
const rulesOf: Record<DatabaseKind, readonly string[]> = {
  catalogue: ['document', 'catalogue'],
  register: ['document', 'register'],
  office: ['document', 'versioned'],
  desks: ['document', 'versioned'],
  people: ['document', 'versioned'],
  audit: ['document', 'versioned'],
  visits: ['visits'],
};

/** Types whose form a validation function checks; a snapshot is the server's, and has attachments. */
const checked: Record<DatabaseKind, readonly DocumentType[]> = {
  catalogue: typesOf.catalogue,
  register: typesOf.register.filter((type) => type !== 'snapshot'),
  visits: typesOf.visits,
  office: [],
  desks: [],
  people: [],
  audit: [],
};

/**
 * Text of a validation function, as it goes into a design document: the rules of validate/*.js, which get
 * `rights`, who may write what, and `faultOf`, what a device would find wrong with a document.
 */
export async function validationSource(kind: DatabaseKind): Promise<string> {
  const types = checked[kind];
  const rules = await Promise.all(rulesOf[kind].map(expressionOf));
  const lines = [
    `var rights = ${await expressionOf('rights')}(${JSON.stringify(writeRights(kind))});`,
    `var faultOf${types.length === 0 ? '' : ` = ${await expressionOf('shape')}(${JSON.stringify(shapesOf(types))})`};`,
    ...rules.map((each) => `${each}(newDoc, oldDoc, userCtx, rights, faultOf);`),
  ];
  return `function (newDoc, oldDoc, userCtx) {\n  ${lines.join('\n  ')}\n}`;
}

/** The one expression in a file in validate/, without comments and types. */
async function expressionOf(name: string): Promise<string> {
  const text = await readFile(new URL(`./validate/${name}.js`, import.meta.url), 'utf8');
  return text
    .replace(/\/\*\*[\s\S]*?\*\/\s*/g, '')
    .replace(/^(\s*\/\/.*\n)+/gm, '')
    .trim()
    .replace(/;$/, '');
}
