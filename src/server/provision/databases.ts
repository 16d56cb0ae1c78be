import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { identifier } from '$lib/documents/fields';

/** What provisioning makes of a database: who may use it, and which rules its documents keep. */
export interface DatabasePlan {
  name: string;
  members: string[];
  /** Who may change rights and rules; accounts with the role `administrator` when absent. */
  admins?: string[];
  /** Name of the file in validate/. */
  validation: 'catalogue' | 'register' | 'office' | 'desks' | 'visits';
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
  },
  { name: registerDatabase, members: ['desk', 'office', 'administrator'], validation: 'register' },
  { name: officeDatabase, members: ['office', 'administrator'], validation: 'office' },
  { name: desksDatabase, members: ['_admin'], admins: ['_admin'], validation: 'desks' },
];

export const visitsPlan = (sector: string): DatabasePlan => ({
  name: visitsDatabase(sector),
  members: [`sector:${sector}`, 'office', 'reports', 'administrator'],
  validation: 'visits',
});

/** The plan of a database by its name; undefined for one that provisioning would not make. */
export function planOf(name: string): DatabasePlan | undefined {
  const sector = name.startsWith(visitsDatabase('')) ? name.slice(visitsDatabase('').length) : undefined;
  if (sector !== undefined) return v.is(identifier, sector) ? visitsPlan(sector) : undefined;
  return fixedPlans.find((plan) => plan.name === name);
}

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
