import * as v from 'valibot';
import { venueDocument, type VenueDocument } from '$lib/documents/catalogue/catalogue-documents';
import { counterRulesFrom, type CounterRules } from '$lib/domain/fleet/counter-rules';
import { sentenceOf } from '$lib/domain/fleet/refusal-reason';
import { exchange, type Answered } from '$lib/remote/exchange';

/** What the office's screens ask of the server, as the signed-in person (session cookie). */

export type OfficeFailure =
  | { kind: 'unreachable' }
  /** 401: not signed in, or wrong name or password. */
  | { kind: 'signed-out' }
  /** 403: signed in, but not an administrator. */
  | { kind: 'forbidden' }
  | { kind: 'busy'; seconds: number }
  /** Anything else; `error` is the server's word for it, `reason` its English sentence, `requestId` its word for a fault of its own. */
  | { kind: 'failed'; error?: string; reason: string; requestId?: string };

export type OfficeOutcome<T> = { ok: true; value: T } | { ok: false; failure: OfficeFailure };

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

const session = v.object({
  userCtx: v.object({ name: v.nullable(v.string()), roles: v.array(v.string()) }),
});
/** Who is signed in; no name when nobody is. */
export interface Person {
  name: string | null;
  isAdministrator: boolean;
  /** May change the catalogue. */
  isCoordinator: boolean;
  /** May see and change cards and visits. */
  isOffice: boolean;
}

const problem = v.object({ error: v.optional(v.string()), reason: v.string() });

const usualIdleMs = 15_000;

/**
 * One request of the signed-in person; every outcome is a value.
 * @param idleMs after how long it is given up when nothing comes: more for what the server works at for long
 */
export async function ask<T>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  schema: v.GenericSchema<unknown, T>,
  body?: unknown,
  idleMs = usualIdleMs,
): Promise<OfficeOutcome<T>> {
  const init = {
    method,
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  const answered = await exchange(path, init, { now: Date.now, idleMs });
  if (!answered.ok) return unreachable;
  try {
    const answer: unknown = JSON.parse(new TextDecoder().decode(answered.bytes));
    const isOk = answered.status >= 200 && answered.status <= 299;
    if (!isOk) return { ok: false, failure: failureOf(answered, answer) };
    return { ok: true, value: v.parse(schema, answer) };
  } catch {
    // An answer that is not our server's.
    return unreachable;
  }
}

const unreachable = { ok: false, failure: { kind: 'unreachable' } } as const;

function failureOf({ status, headers }: Answered, answer: unknown): OfficeFailure {
  switch (status) {
    case 401:
      return { kind: 'signed-out' };
    case 403:
      return { kind: 'forbidden' };
    case 429:
    case 503:
      return { kind: 'busy', seconds: Number(headers.get('retry-after')) || 60 };
    default: {
      const requestId = status >= 500 ? headers.get('x-request-id') : null;
      const reference = requestId === null ? {} : { requestId };
      const told = v.safeParse(problem, answer);
      if (!told.success) return { kind: 'failed', reason: String(status), ...reference };
      const { error, reason } = told.output;
      return {
        kind: 'failed',
        reason: sentenceOf(reason),
        ...(error !== undefined && { error }),
        ...reference,
      };
    }
  }
}

const toPerson = v.pipe(
  session,
  v.transform(({ userCtx: { name, roles } }): Person => {
    const isAdministrator = roles.includes('administrator') || roles.includes('_admin');
    const has = (role: string) => isAdministrator || roles.includes(role);
    return { name, isAdministrator, isCoordinator: has('coordinator'), isOffice: has('office') };
  }),
);
const anything = v.unknown();

export const whoAmI = () => ask('GET', '/couch/_session', toPerson);
export const signIn = (name: string, password: string) =>
  ask('POST', '/couch/_session', anything, { name, password });
export const signOut = () => ask('DELETE', '/couch/_session', anything);

/** `unreadable`: ids of desks whose documents the server can't read. */
const desksListed = v.object({ desks: v.array(desk), unreadable: v.optional(v.array(v.string()), []) });
export const listDesks = () => ask('GET', '/api/desks', desksListed);
export const addDesk = (name: string, venue: string) =>
  ask('POST', '/api/desks', pairingCode, { name, venue });
export const newCode = (id: string) =>
  ask('POST', `/api/desks/${encodeURIComponent(id)}/code`, pairingCode, {});
export const changeCounterRules = (id: string, rules: CounterRules) =>
  ask('POST', `/api/desks/${encodeURIComponent(id)}/rules`, anything, rules);
export const revokeDesk = (id: string) =>
  ask('POST', `/api/desks/${encodeURIComponent(id)}/revoke`, anything, {});

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
export const listVenues = () => ask('GET', `/couch/tiski-catalogue/_all_docs?${venueRange}`, venueRows);
