import PouchDB from 'pouchdb-core';
import HttpAdapter from 'pouchdb-adapter-http';
import type * as v from 'valibot';
import { canonicalJson } from '$lib/documents/canonical';
import { snapshotId } from '$lib/documents/register/packed/snapshot-document';
import { readsCodes } from '$lib/domain/fleet/refusal-reason';
import type {
  Credentials,
  Change,
  ChangesPage,
  Outcome,
  PushAnswer,
  RemoteDatabase,
  RemoteDocument,
  RemoteFailure,
  Snapshot,
} from '$lib/sync/ports';
import { allDocsAnswer, bulkAnswer, changesAnswer, epochDocument, presenceAnswer } from './couch-answers';
import { requestPacked, type Packing } from './packed-request';
import type { ServerAddress } from './pairing';
import { basicAuthorization, requestBytes } from './request';
import { canUnpack, snapshotFrom, unpackPart } from './snapshot';

const HttpPouch = PouchDB.plugin(HttpAdapter);

export const usualIdleMs = 30_000;
/** How long the server may hold a request for changes, and how long to wait for it, ms. */
const longpollMs = 50_000;
const longpollIdleMs = 65_000;

interface Call {
  idleMs?: number;
  signal?: AbortSignal;
  /** An answer that the server held back says nothing about the time. */
  isHeld?: boolean;
}

/**
 * A CouchDB database over HTTP: every outcome is a value.
 * @param idleMs after how long without progress a request is given up (S12), except long polls
 * @param packing shared by the databases of one server
 */
export function createCouchDatabase(
  server: ServerAddress,
  account: Credentials,
  name: string,
  idleMs = usualIdleMs,
  packing: Packing = { isRefused: false },
): RemoteDatabase {
  const url = `${server.couchUrl}/${name}`;
  const { now, signal: ending } = server;
  const patience = { now, idleMs, ...(ending && { signal: ending }) };

  /**
   * Runs one request through PouchDB, which knows CouchDB's addresses and encodings. It gets a separate
   * handle, because the answer is classified in its `fetch`, before PouchDB sees it: PouchDB would take a
   * captive portal's page for a bug, and an error of another shape for an empty result.
   */
  async function call<S extends v.GenericSchema>(
    schema: S,
    send: (db: PouchDB.Database) => Promise<unknown>,
    { isHeld = false, ...options }: Call = {},
  ): Promise<Outcome<v.InferOutput<S>>> {
    let outcome: Outcome<v.InferOutput<S>> | undefined;
    const { onContact } = server;
    const db = new HttpPouch(url, {
      skip_setup: true,
      auth: { username: account.name, password: account.password },
      async fetch(requestUrl, init) {
        const clock = onContact && !isHeld ? { onContact } : {};
        const request = { ...patience, ...clock, ...options };
        const headers = new Headers(init?.headers);
        headers.set(readsCodes.name, readsCodes.value);
        const asked = { ...init, headers };
        const received = await requestPacked(String(requestUrl), asked, schema, request, packing);
        outcome = received;
        if (!received.ok) throw new FailedRequest(received.failure);
        return new Response(received.text, { headers: { 'content-type': 'application/json' } });
      },
    });
    try {
      await send(db);
    } catch (error) {
      if (!(error instanceof FailedRequest)) throw error;
    } finally {
      await db.close();
    }
    if (!outcome) throw new Error(`PouchDB sent no request to ${name}.`);
    return outcome;
  }

  // PouchDB's own changes() continues by itself and doesn't say how many are pending.
  const readChanges = (parameters: Record<string, string>, options?: Call) =>
    call(changesAnswer, (db) => db.fetch(`_changes?${new URLSearchParams(parameters)}`), options);

  return {
    name,

    async epoch(): Promise<Outcome<string | undefined>> {
      const answer = await call(epochDocument, (db) => db.get('_local/epoch'));
      if (answer.ok) return { ok: true, value: answer.value.epoch };
      const isMissing = answer.failure.kind === 'rejected' && answer.failure.status === 404;
      return isMissing ? { ok: true, value: undefined } : answer;
    },

    async changes(since: string, limit: number): Promise<Outcome<ChangesPage>> {
      const size = String(limit);
      // With seq_interval a cluster computes one cursor per page instead of one per row.
      const answer = await readChanges({ since, limit: size, include_docs: 'true', seq_interval: size });
      if (!answer.ok) return answer;
      const { results, last_seq, pending } = answer.value;
      return {
        ok: true,
        value: {
          changes: results.map(changeFromRow),
          seq: String(last_seq),
          // CouchDB 1 and old proxies don't say: a full page may have a successor.
          pending: pending ?? (results.length < limit ? 0 : 1),
        },
      };
    },

    async snapshot(epoch: string): Promise<Outcome<Snapshot | undefined>> {
      if (!canUnpack()) return { ok: true, value: undefined };
      // Requested by key, because a browser logs every 404 as an error.
      const keys = [snapshotId(epoch)];
      const answer = await call(allDocsAnswer, (db) => db.allDocs({ keys, include_docs: true }));
      if (!answer.ok) return answer;
      const [row] = answer.value.rows;
      return { ok: true, value: snapshotFrom(row && 'doc' in row ? row.doc : undefined, epoch) };
    },

    async snapshotPart(epoch: string, part: string): Promise<Outcome<Uint8Array>> {
      const address = `${url}/${encodeURIComponent(snapshotId(epoch))}/${part}`;
      const headers = { authorization: basicAuthorization(account) };
      const answer = await requestBytes(address, { headers }, patience);
      return answer.ok ? unpackPart(answer.value, part) : answer;
    },

    async waitForChange(since: string, signal: AbortSignal): Promise<Outcome<boolean>> {
      const parameters = { since, feed: 'longpoll', limit: '1', timeout: String(longpollMs) };
      const answer = await readChanges(parameters, { signal, idleMs: longpollIdleMs, isHeld: true });
      if (signal.aborted) return { ok: true, value: false };
      return answer.ok ? { ok: true, value: answer.value.results.length > 0 } : answer;
    },

    async push(documents: readonly RemoteDocument[]): Promise<Outcome<PushAnswer[]>> {
      const answer = await call(bulkAnswer, (db) => db.bulkDocs([...documents]));
      if (!answer.ok) return answer;
      const conflicting = answer.value.filter((row) => 'error' in row && row.error === 'conflict');
      const bodies = await readBodies(conflicting.map(({ id }) => id));
      return {
        ok: true,
        value: answer.value.map(({ id, ...row }): PushAnswer => {
          if ('ok' in row) return { id, kind: 'stored' };
          if (row.error === 'conflict') {
            const sent = documents.find(({ _id }) => _id === id);
            return { id, kind: 'exists', body: compare(sent, bodies.get(id)) };
          }
          const reason = row.reason ?? row.error;
          return { id, kind: 'refused', status: statusOfError[row.error] ?? row.status ?? 400, reason };
        }),
      };
    },

    async missing(ids: readonly string[]): Promise<Outcome<string[]>> {
      if (ids.length === 0) return { ok: true, value: [] };
      const answer = await call(presenceAnswer, (db) => db.allDocs({ keys: [...ids] }));
      if (!answer.ok) return answer;
      const { rows } = answer.value;
      // Half an answer must not make the rest look lost.
      if (rows.length !== ids.length || rows.some(({ key }, index) => key !== ids[index])) {
        return { ok: false, failure: { kind: 'not-our-server' } };
      }
      const isMissing = (row: (typeof rows)[number]) => 'error' in row && row.error === 'not_found';
      return { ok: true, value: rows.filter(isMissing).map(({ key }) => key) };
    },
  };

  /** What the server has under some ids; what could not be read is left out. */
  async function readBodies(ids: string[]): Promise<Map<string, unknown>> {
    if (ids.length === 0) return new Map();
    const answer = await call(allDocsAnswer, (db) => db.allDocs({ keys: ids, include_docs: true }));
    if (!answer.ok) return new Map();
    // Another document's body says nothing about the requested one (S3).
    return new Map(
      answer.value.rows.flatMap((row) =>
        'doc' in row && row.doc?._id === row.key ? [[row.key, row.doc] as const] : [],
      ),
    );
  }
}

class FailedRequest extends Error {
  constructor(readonly failure: RemoteFailure) {
    super(failure.kind);
  }
}

/** Rows of _bulk_docs carry CouchDB's error name, and no status. */
const statusOfError: Record<string, number> = { unauthorized: 401, forbidden: 403 };

function compare(sent: unknown, body: unknown): 'identical' | 'different' | 'unread' {
  if (body === undefined) return 'unread';
  return canonicalJson(body) === canonicalJson(sent) ? 'identical' : 'different';
}

function changeFromRow({ id, deleted, doc }: v.InferOutput<typeof changesAnswer>['results'][number]): Change {
  return { id, deleted: deleted ?? false, ...(doc && { document: doc }) };
}
