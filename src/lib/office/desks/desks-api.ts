import * as v from 'valibot';
import { venueDocument, type VenueDocument } from '$lib/documents/catalogue/catalogue-documents';
import { counterRulesFrom, type CounterRules } from '$lib/domain/fleet/counter-rules';
import type { Ask } from '$lib/office/session/ask';

/** Desks for an administrator: their list, their one-time codes, what their staff may do. */

const desk = v.object({
  id: v.string(),
  name: v.string(),
  venue: v.string(),
  status: v.picklist(['waiting', 'paired', 'revoked']),
  createdAt: v.string(),
  pairedAt: v.optional(v.string()),
  revokedAt: v.optional(v.string()),
  rules: v.pipe(
    v.unknown(),
    v.transform((told) => counterRulesFrom(told)),
  ),
});
export type Desk = v.InferOutput<typeof desk>;

const pairingCode = v.object({ desk, code: v.string(), expiresAt: v.string() });
/** A one-time code, as it is shown; `expiresAt` is an ISO instant. */
export type PairingCode = v.InferOutput<typeof pairingCode>;

/** `unreadable`: ids of desks whose documents the server can't read. */
const desksListed = v.object({ desks: v.array(desk), unreadable: v.optional(v.array(v.string()), []) });
export type DesksListed = v.InferOutput<typeof desksListed>;

const pathOf = (id: string) => `/api/desks/${encodeURIComponent(id)}`;

export const listDesks = (ask: Ask) => ask('GET', '/api/desks', desksListed);
export const addDesk = (ask: Ask, name: string, venue: string) =>
  ask('POST', '/api/desks', pairingCode, { name, venue });
export const newCode = (ask: Ask, id: string) => ask('POST', `${pathOf(id)}/code`, pairingCode, {});
export const changeCounterRules = (ask: Ask, id: string, rules: CounterRules) =>
  ask('POST', `${pathOf(id)}/rules`, v.unknown(), rules);
export const revokeDesk = (ask: Ask, id: string) => ask('POST', `${pathOf(id)}/revoke`, v.unknown(), {});

const venueRows = v.pipe(
  v.object({ rows: v.array(v.object({ doc: v.unknown() })) }),
  v.transform(({ rows }): VenueDocument[] =>
    rows.flatMap(({ doc }) => {
      const parsed = v.safeParse(venueDocument, doc);
      return parsed.success ? [parsed.output] : [];
    }),
  ),
);
const venueRange = new URLSearchParams({
  startkey: '"venue:"',
  endkey: '"venue:\ufff0"',
  include_docs: 'true',
});
export const listVenues = (ask: Ask) =>
  ask('GET', `/couch/tiski-catalogue/_all_docs?${venueRange}`, venueRows);
