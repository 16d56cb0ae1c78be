import { ulid } from 'ulid';
import {
  parseBody,
  submissionKinds,
  type BodyOf,
  type Fault,
  type Kind,
} from '$lib/documents/submissions/kinds';
import {
  longestBody,
  longestSealed,
  sealedType,
  type SealedContent,
  type SentSubmission,
} from '$lib/documents/submissions/submission';
import type { Instant } from '$lib/domain/time/day';
import { isStorageFull } from '$lib/store/storage-full';
import { readFact, type SubmissionsDatabase } from './database';

export type Submitted =
  /** It is on the disk, and will be sent. */
  | { kind: 'saved'; id: string }
  /** The device has no room: nothing was kept. */
  | { kind: 'storage-full' }
  /** The device has never had the office's key: it has to be online once, and nothing was kept. */
  | { kind: 'no-key' }
  | { kind: 'invalid'; faults: Fault[] };

export interface SubmitOptions {
  /** The device's clock. */
  now: Instant;
  /** Of the account that makes it, as far as the device knows who is signed in (S21). */
  by?: string;
  /** A form makes the id once and keeps it: a second press, or one after a crash, submits nothing twice. */
  id?: string;
}

/** An id for a form to keep. */
export const newSubmissionId = (): string => ulid();

/**
 * S20: what is submitted is on the disk, ready to be sent, when this says 'saved'. What is about a person is
 * sealed before: it was never on the disk in clear.
 */
export async function submit<K extends Kind>(
  db: SubmissionsDatabase,
  kind: K,
  body: BodyOf<K>,
  { now, by, id = newSubmissionId() }: SubmitOptions,
): Promise<Submitted> {
  const parsed = parseBody(kind, body);
  if (!parsed.ok) return { kind: 'invalid', faults: parsed.faults };
  const content: SealedContent = {
    v: 1,
    id,
    kind,
    at: new Date(now).toISOString(),
    ...(by !== undefined && { by }),
    body: parsed.body,
  };
  const submission = submissionKinds[kind].holdsPerson ? await seal(db, content) : clear(content);
  if (submission === 'no-key') return { kind: 'no-key' };
  if (submission === 'too-long') {
    return { kind: 'invalid', faults: [{ field: 'body', message: 'is too long: shorten the texts' }] };
  }
  try {
    await db.transaction('rw', db.submissions, async () => {
      if ((await db.submissions.get(id)) !== undefined) return;
      await db.submissions.add({ id, kind, at: now, state: 'waiting', submission });
    });
  } catch (error) {
    if (isStorageFull(error)) return { kind: 'storage-full' };
    throw error;
  }
  return { kind: 'saved', id };
}

async function seal(
  db: SubmissionsDatabase,
  content: SealedContent,
): Promise<SentSubmission | 'no-key' | 'too-long'> {
  const key = await readFact(db, 'key');
  if (!key) return 'no-key';
  // Cryptography is loaded on demand, from the precache.
  const { sealForOffice } = await import('$lib/token/seal-for-office');
  const { id, kind, at } = content;
  const sealed = await sealForOffice(content, sealedType, key);
  return sealed.length > longestSealed ? 'too-long' : { id, kind, at, sealed };
}

function clear({ v: _version, ...told }: SealedContent): SentSubmission | 'too-long' {
  const bytes = new TextEncoder().encode(JSON.stringify(told.body)).length;
  return bytes > longestBody ? 'too-long' : told;
}
