import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { identifier } from '$lib/documents/fields';
import type { DocumentType } from '$lib/documents/parse-document';
import { shapesOf } from './document-shapes';

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

/** Types that devices read, by the validation function that guards them; the server's own it parses itself. */
const readByDevices: Record<DatabasePlan['validation'], readonly DocumentType[]> = {
  catalogue: ['scheme', 'service', 'venue', 'settings', 'offering', 'key', 'rescue-key'],
  register: ['card'],
  visits: ['visit', 'void', 'choice', 'release', 'resolution'],
  office: [],
  desks: [],
};

/**
 * Text of a validation function, as it goes into a design document: the rules of validate/NAME.js, which are given
 * `faultOf`, what a device would find wrong with a document.
 */
export async function validationSource(name: DatabasePlan['validation']): Promise<string> {
  const rules = await expressionOf(name);
  const types = readByDevices[name];
  if (types.length === 0) return rules;
  return `function (newDoc, oldDoc, userCtx) {
  var faultOf = ${await expressionOf('shape')}(${JSON.stringify(shapesOf(types))});
  return ${rules}(newDoc, oldDoc, userCtx, faultOf);
}`;
}

/** The one expression of a file in validate/, without what is for people and tools. */
async function expressionOf(name: string): Promise<string> {
  const text = await readFile(new URL(`./validate/${name}.js`, import.meta.url), 'utf8');
  return text
    .replace(/\/\*\*[\s\S]*?\*\/\s*/g, '')
    .replace(/^(\s*\/\/.*\n)+/gm, '')
    .trim()
    .replace(/;$/, '');
}
