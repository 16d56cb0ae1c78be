import * as v from 'valibot';
import {
  submissionAnswer,
  submissionKey,
  type SentSubmission,
  type SubmissionAnswer,
  type SubmissionKey,
} from '$lib/documents/submissions/submission';
import type { Outcome } from '$lib/sync/ports';
import { classifyAnswer } from './classify';
import { exchange } from './exchange';

/** What a device needs to know before it submits anything. */
export interface SubmissionsLook {
  /** The name of the server's copy of what was submitted (S22). */
  epoch: string;
  /** Absent if the city has none yet. */
  key?: SubmissionKey | undefined;
}

/** The server, as whoever is signed in sees it: by the session's cookie, if there is one (S21). */
export interface SubmissionsServer {
  look(): Promise<Outcome<SubmissionsLook>>;
  /** One request; an answer for each, in any order. */
  send(submissions: readonly SentSubmission[]): Promise<Outcome<SubmissionAnswer[]>>;
  /** S22: those of the ids that this copy of the server neither has nor has had. */
  missing(ids: readonly string[]): Promise<Outcome<string[]>>;
}

const idleMs = 30_000;

const looked = v.object({ epoch: v.string(), key: v.optional(submissionKey) });
const sent = v.object({ submissions: v.array(submissionAnswer) });
const asked = v.object({ missing: v.array(v.string()) });

/** @param signal when it aborts, requests are given up: what the server has taken is sent once more */
export function createSubmissionsServer(
  apiUrl: string,
  now: () => number,
  signal?: AbortSignal,
): SubmissionsServer {
  const address = `${apiUrl}/submissions`;

  async function ask<S extends v.GenericSchema>(
    url: string,
    init: RequestInit,
    schema: S,
  ): Promise<Outcome<v.InferOutput<S>>> {
    const answered = await exchange(url, init, { now, idleMs, ...(signal && { signal }) });
    if (!answered.ok) return answered;
    const { status, headers, bytes } = answered;
    const text = new TextDecoder().decode(bytes);
    const classified = classifyAnswer({ status, headers, text }, schema, now());
    if (classified.ok || classified.failure.kind !== 'rejected') return classified;
    // An older server has no such address: that says nothing about what is sent.
    return classified.failure.status === 404 ? { ok: false, failure: { kind: 'missing' } } : classified;
  }

  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const post = (body: object): RequestInit => ({ method: 'POST', headers, body: JSON.stringify(body) });

  return {
    look: () => ask(`${address}/key`, { headers: { accept: 'application/json' } }, looked),
    async send(submissions) {
      const answer = await ask(address, post({ submissions }), sent);
      return answer.ok ? { ok: true, value: answer.value.submissions } : answer;
    },
    async missing(ids) {
      const answer = await ask(`${address}/missing`, post({ ids }), asked);
      return answer.ok ? { ok: true, value: answer.value.missing } : answer;
    },
  };
}
