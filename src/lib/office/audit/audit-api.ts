import * as v from 'valibot';
import type { Ask } from '$lib/office/session/ask';

/** The audit log, as the signed-in person (session cookie). */

const entry = v.object({
  number: v.number(),
  at: v.string(),
  account: v.string(),
  action: v.string(),
  people: v.array(v.string()),
  case: v.optional(v.string()),
  about: v.optional(v.string()),
  why: v.optional(v.string()),
  organisation: v.optional(v.string()),
});
export type AuditEntry = v.InferOutput<typeof entry>;

const page = v.object({
  entries: v.array(entry),
  total: v.number(),
  known: v.object({ accounts: v.array(v.string()), actions: v.array(v.string()) }),
});
export type AuditPage = v.InferOutput<typeof page>;

/** What is asked; an empty text asks nothing. Days are within. */
export interface AuditFilter {
  person: string;
  case: string;
  account: string;
  action: string;
  from: string;
  until: string;
}
export const noFilter: AuditFilter = { person: '', case: '', account: '', action: '', from: '', until: '' };

const asked = (filter: AuditFilter): [string, string][] =>
  Object.entries(filter).flatMap(([name, value]: [string, string]) =>
    value.trim() === '' ? [] : [[name, value.trim()]],
  );

/** The log of a large city is read for a while after the server's start. */
const longMs = 60_000;

/** @param before only older ones than this number */
export function readAudit(ask: Ask, filter: AuditFilter, before?: number) {
  const query = new URLSearchParams(asked(filter));
  if (before !== undefined) query.set('before', String(before));
  return ask('GET', `/api/audit?${query.toString()}`, page, undefined, longMs);
}

const exported = v.object({ csv: v.string(), exported: v.number(), total: v.number() });
export const exportAudit = (ask: Ask, filter: AuditFilter) =>
  ask('POST', '/api/audit/export', exported, Object.fromEntries(asked(filter)), longMs);

const named = v.object({
  name: v.optional(v.object({ given: v.string(), family: v.string() })),
});
export const namePerson = (ask: Ask, person: string, why: string) =>
  ask('POST', '/api/audit/person', named, { person, why });

const chain = v.variant('state', [
  v.object({ state: v.literal('none') }),
  v.object({ state: v.literal('running'), checked: v.number() }),
  v.object({ state: v.literal('failed'), at: v.string() }),
  v.object({
    state: v.literal('done'),
    at: v.string(),
    first: v.number(),
    head: v.string(),
    faults: v.array(v.object({ kind: v.string(), number: v.number() })),
  }),
]);
export type ChainState = v.InferOutput<typeof chain>;
export const readChain = (ask: Ask) => ask('GET', '/api/audit/chain', chain);
export const checkChain = (ask: Ask) => ask('POST', '/api/audit/chain', chain, {});
