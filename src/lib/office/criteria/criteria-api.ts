import * as v from 'valibot';
import {
  criteriaVersion,
  type CriteriaInput,
  type CriteriaVersion,
} from '$lib/documents/criteria/criteria-document';
import { organisationList, type ReferringOrganisation } from '$lib/documents/criteria/organisations-document';
import { localizedText } from '$lib/documents/fields';
import type { Ask } from '$lib/office/session/ask';

/** Criteria of schemes, and the organisations that refer, for a coordinator. */

const organisations = v.object({ rev: v.nullable(v.string()), list: organisationList });
export interface Organisations {
  /** The revision that a change builds on. */
  rev: string | null;
  list: readonly ReferringOrganisation[];
}

const listed = v.object({
  /** The city's day. */
  today: v.string(),
  schemes: v.array(v.object({ scheme: v.string(), names: localizedText, newest: v.number() })),
  organisations,
});
export type CriteriaListed = v.InferOutput<typeof listed>;

const versions = v.object({
  newest: v.number(),
  inForce: v.optional(criteriaVersion),
  coming: v.array(criteriaVersion),
  before: v.array(criteriaVersion),
});
export interface SchemeVersions {
  newest: number;
  inForce?: CriteriaVersion | undefined;
  coming: CriteriaVersion[];
  before: CriteriaVersion[];
}

const pathOf = (scheme: string) => `/api/criteria/${encodeURIComponent(scheme)}`;

export const listCriteria = (ask: Ask) => ask('GET', '/api/criteria', listed);
export const readVersions = (ask: Ask, scheme: string) => ask('GET', pathOf(scheme), versions);
export const saveVersion = (
  ask: Ask,
  scheme: string,
  version: { base: number; replaces?: number; criteria: CriteriaInput },
) => ask('POST', pathOf(scheme), v.object({ version: v.number() }), version);
export const saveOrganisations = (ask: Ask, changed: Organisations) =>
  ask('POST', '/api/organisations', organisations, changed);
