import * as v from 'valibot';
import type { ClockMark, Contact } from '$lib/domain/time/clock';
import type { Credentials, Outcome } from '$lib/sync/ports';
import { basicAuthorization, requestJson } from './request';

/** Where the server is; without trailing slashes. */
export interface ServerAddress {
  /** CouchDB's API: Tiski's own, or that of a CouchDB. */
  couchUrl: string;
  /** Tiski's own API. */
  apiUrl: string;
  now: () => number;
  onContact?: (contact: Contact) => void;
  /** The offset of the device's clock (R13); without it nobody knows whether it was set. */
  clockMark?: (deviceNow: number) => ClockMark;
  /** When it aborts, current requests are given up; long polls have their own signal. */
  signal?: AbortSignal;
}

const idleMs = 20_000;

const pairAnswer = v.object({
  desk: v.object({
    id: v.string(),
    name: v.string(),
    venue: v.string(),
    sectors: v.array(v.string()),
    /** What the office lets the counter do; its reader is tolerant (counter-rules.ts). */
    rules: v.optional(v.unknown()),
  }),
  account: v.object({ name: v.string(), password: v.string() }),
});
export type PairAnswer = v.InferOutput<typeof pairAnswer>;

/** Redeems a pairing code. A wrong, used or expired code is `rejected` with a 4xx status. */
export async function claimPairingCode(server: ServerAddress, code: string): Promise<Outcome<PairAnswer>> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ code }),
  };
  return requestJson(`${server.apiUrl}/pair`, init, pairAnswer, { ...server, idleMs });
}

const sessionAnswer = v.object({
  userCtx: v.object({ name: v.nullable(v.string()), roles: v.array(v.string()) }),
});

/** Whose account the server recognizes; `signed-out` if it doesn't know it. */
export async function readSession(
  server: ServerAddress,
  account: Credentials,
): Promise<Outcome<{ roles: string[]; contact?: Contact }>> {
  const init = { headers: { authorization: basicAuthorization(account), accept: 'application/json' } };
  const url = `${server.couchUrl}/_session`;
  const answer = await requestJson(url, init, sessionAnswer, { ...server, idleMs });
  if (!answer.ok) return answer;
  // Without valid credentials CouchDB answers 200 for nobody.
  const { name, roles } = answer.value.userCtx;
  const { contact } = answer;
  return name === account.name
    ? { ok: true, value: { roles, ...(contact && { contact }) } }
    : { ok: false, failure: { kind: 'signed-out' } };
}

const userDocument = v.looseObject({ _id: v.string(), _rev: v.string() });
const writtenAnswer = v.object({ ok: v.literal(true) });

/** Changes the account's own password, as the account itself. */
export async function changeOwnPassword(
  server: ServerAddress,
  account: Credentials,
  newPassword: string,
): Promise<Outcome<undefined>> {
  const headers = {
    authorization: basicAuthorization(account),
    accept: 'application/json',
    'content-type': 'application/json',
  };
  const url = `${server.couchUrl}/_users/${encodeURIComponent(`org.couchdb.user:${account.name}`)}`;
  const options = { ...server, idleMs };
  const read = await requestJson(url, { headers }, userDocument, options);
  if (!read.ok) return read;
  const body = JSON.stringify({ ...read.value, password: newPassword });
  const written = await requestJson(url, { method: 'PUT', headers, body }, writtenAnswer, options);
  return written.ok ? { ok: true, value: undefined } : written;
}
