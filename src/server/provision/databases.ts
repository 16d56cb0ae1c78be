import { readFile } from 'node:fs/promises';
import { typesOf } from '$lib/documents/parse-document';
import type { PersonRole } from '../accounts/roles';

type MemberRole = PersonRole | 'desk' | `sector:${string}` | '_admin';

/** What provisioning makes of a database: who may use it, and which rules its documents keep. */
export interface DatabasePlan {
  name: string;
  members: MemberRole[];
  /** Who may change rights and rules; accounts with the role `administrator` when absent. */
  admins?: MemberRole[];
  /** Name of the file in validate/. */
  validation: 'catalogue' | 'register' | 'office' | 'desks' | 'visits';
  /** The document types that have their place in it. */
  types: readonly string[];
}

export const catalogueDatabase = 'tiski-catalogue';
export const registerDatabase = 'tiski-register';
export const officeDatabase = 'tiski-office';
/** What gives power: desks with their codes, and whether the store is a demo. No account is a member. */
export const desksDatabase = 'tiski-desks';
export const visitsDatabase = (sector: string) => `tiski-visits-${sector}`;

export const fixedPlans: readonly DatabasePlan[] = [
  {
    name: catalogueDatabase,
    members: ['desk', 'office', 'coordinator', 'administrator', 'reports', 'referrer'],
    validation: 'catalogue',
    types: typesOf.catalogue,
  },
  {
    name: registerDatabase,
    members: ['desk', 'office', 'administrator'],
    validation: 'register',
    types: typesOf.register,
  },
  {
    name: officeDatabase,
    members: ['office', 'administrator'],
    validation: 'office',
    types: ['rescue'],
  },
  {
    name: desksDatabase,
    members: ['_admin'],
    admins: ['_admin'],
    validation: 'desks',
    types: ['desk', 'origin'],
  },
];

export const visitsPlan = (sector: string): DatabasePlan => ({
  name: visitsDatabase(sector),
  members: [`sector:${sector}`, 'office', 'reports', 'administrator'],
  validation: 'visits',
  types: typesOf.visits,
});

/** CouchDB's `_security` for a plan. */
export const securityOf = ({ members, admins = ['administrator'] }: DatabasePlan) => ({
  admins: { names: [], roles: admins },
  members: { names: [], roles: members },
});

/** Text of a validation function, as it goes into a design document. */
export async function validationSource(name: DatabasePlan['validation']): Promise<string> {
  const text = await readFile(new URL(`./validate/${name}.js`, import.meta.url), 'utf8');
  // What stands before the function, and the semicolon after it, are for people and tools.
  return text
    .replace(/^(\/\/.*\n)*\/\*\*[\s\S]*?\*\/\s*/, '')
    .trim()
    .replace(/;$/, '');
}
