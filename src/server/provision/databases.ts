import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { identifier } from '$lib/documents/fields';
import { typesOf, type DocumentType } from '$lib/documents/parse-document';
import type { PersonRole } from '../accounts/roles';
import { shapesOf } from './document-shapes';

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
/**
 * What gives power: desks with their codes, whether the store is a demo, what was decided; and what several servers have
 * to agree about, epochs and leases. No account is a member.
 */
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
    types: ['desk', 'origin', 'decision', 'epoch', 'lease'],
  },
];

export const visitsPlan = (sector: string): DatabasePlan => ({
  name: visitsDatabase(sector),
  members: [`sector:${sector}`, 'office', 'reports', 'administrator'],
  validation: 'visits',
  types: typesOf.visits,
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

/** Types whose form a validation function checks; a snapshot is the server's, and has attachments. */
const checked: Record<DatabasePlan['validation'], readonly DocumentType[]> = {
  catalogue: typesOf.catalogue,
  register: typesOf.register.filter((type) => type !== 'snapshot'),
  visits: typesOf.visits,
  office: [],
  desks: [],
};

/**
 * Text of a validation function, as it goes into a design document: the rules of validate/NAME.js, which are given
 * `faultOf`, what a device would find wrong with a document.
 */
export async function validationSource(name: DatabasePlan['validation']): Promise<string> {
  const rules = await expressionOf(name);
  const types = checked[name];
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
