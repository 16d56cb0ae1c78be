import * as v from 'valibot';
import { parseBody, submissionKinds, type BodyOf, type Kind } from '$lib/documents/submissions/kinds';
import {
  longestBody,
  sealedContent,
  sealedType,
  type SentSubmission,
} from '$lib/documents/submissions/submission';
import { openSealed, type OfficeKey } from '../../keys/office-key';
import type { Refused } from './stored-submission';

export type OpenedSubmission<K extends Kind> =
  | { kind: 'opened'; body: BodyOf<K>; author?: string }
  | ({ kind: 'refused' } & Refused)
  /** Nothing is wrong with it, but this server can't read it. */
  | { kind: 'later'; code: string; reason: string };

const refused = (code: string, reason: string, field?: string) =>
  ({ kind: 'refused', code, reason, ...(field !== undefined && { field }) }) as const;

/** Reads a submission with the office's private keys, and its body with its kind's schema. Never throws. */
export async function openSubmission<K extends Kind>(
  kind: K,
  submission: SentSubmission,
  keys: readonly OfficeKey[],
): Promise<OpenedSubmission<K>> {
  if (!('sealed' in submission)) {
    if (submissionKinds[kind].holdsPerson) {
      return refused('not-sealed', 'What is about a person comes sealed.', 'sealed');
    }
    if (Buffer.byteLength(JSON.stringify(submission.body) ?? '') > longestBody) {
      return refused('too-large', `A body has ${longestBody} bytes at most.`, 'body');
    }
    return read(kind, submission.body, submission.by);
  }
  const opened = await openSealed(submission.sealed, sealedType, keys);
  switch (opened.kind) {
    case 'unknown-key':
      return {
        kind: 'later',
        code: 'unknown-key',
        reason: `It is sealed for the key ${opened.kid}, whose private part is not at this server.`,
      };
    case 'not-sealed':
      return refused('not-sealed', 'This is nothing that was sealed for the office.', 'sealed');
    case 'damaged':
      return refused('damaged', 'The sealed text is not as it was made.', 'sealed');
    case 'opened':
      return readContent(kind, submission, opened.content);
  }
}

function readContent<K extends Kind>(kind: K, told: SentSubmission, content: unknown): OpenedSubmission<K> {
  const versioned = v.safeParse(v.object({ v: v.pipe(v.number(), v.minValue(2)) }), content);
  if (versioned.success) {
    return { kind: 'later', code: 'newer-version', reason: 'It is of a newer Tiski: update the server.' };
  }
  const parsed = v.safeParse(sealedContent, content);
  if (!parsed.success) return refused('damaged', 'What is sealed can not be read.', 'sealed');
  const { id, kind: sealedKind, at, by, body } = parsed.output;
  if (id !== told.id || sealedKind !== told.kind || at !== told.at) {
    return refused('not-as-sealed', 'Its id, kind or time is not the one that was sealed.', 'id');
  }
  return read(kind, body, by);
}

function read<K extends Kind>(kind: K, raw: unknown, author: string | undefined): OpenedSubmission<K> {
  const parsed = parseBody(kind, raw);
  if (parsed.ok) return { kind: 'opened', body: parsed.body, ...(author !== undefined && { author }) };
  const { field, message } = parsed.faults[0] ?? { field: 'body', message: 'can not be read' };
  return refused('invalid', `${field}: ${message}.`, field);
}
