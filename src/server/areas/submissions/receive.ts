import type { PersonRole } from '$lib/documents/roles';
import { isKind, submissionKinds, type Kind } from '$lib/documents/submissions/kinds';
import {
  longestBody,
  parseSubmission,
  type SentSubmission,
  type SubmissionAnswer,
} from '$lib/documents/submissions/submission';
import type { CouchClient } from '../../couch/client';
import type { OfficeKey } from '../../keys/office-key';
import { openSubmission } from './open-submission';
import {
  claim,
  hashOf,
  keepRefused,
  readSubmission,
  settle,
  type Refused,
  type StoredSubmission,
} from './stored-submission';
import type { TakeContext, Takes } from './take';

/** What the server receives submissions with. */
export interface Receiving {
  client: CouchClient;
  keys: readonly OfficeKey[];
  takes: Takes;
  /** The account that sends, and its rights. */
  by: string;
  rights: ReadonlySet<PersonRole>;
  now: () => Date;
}

/** A submission that at least has an id. */
export type Identified = { id: string; kind?: unknown };

/**
 * Takes in one submission: its id belongs to the first body that comes with it, and what it is about happens
 * once, however often and to however many servers it is sent (S20).
 * @throws {UnexpectedCouchReply} if the store fails: nothing is answered then, and it is sent again
 */
export async function receive(raw: Identified, receiving: Receiving): Promise<SubmissionAnswer> {
  const { id } = raw;
  const { kind } = raw;
  if (typeof kind === 'string' && !isKind(kind)) {
    const reason = `This server does not know ${kind.slice(0, 64)}: update it.`;
    return { id, outcome: 'later', code: 'unknown-kind', reason };
  }
  const parsed = parseSubmission(raw);
  if (!parsed.success || !isKind(parsed.output.kind)) {
    const [issue] = parsed.issues ?? [];
    const field = String(issue?.path?.[0]?.key ?? 'kind');
    const message = issue?.message ?? 'is unknown';
    // Too large or too strange to be kept: its id, time and fault are.
    return refuse(raw, receiving, { code: 'invalid', reason: `${field}: ${message}.`, field });
  }
  return receiveKind(parsed.output.kind, parsed.output, receiving);
}

async function receiveKind<K extends Kind>(
  kind: K,
  submission: SentSubmission,
  receiving: Receiving,
): Promise<SubmissionAnswer> {
  const { client, keys, by, rights, now } = receiving;
  const { id, at } = submission;
  const hash = hashOf(submission);
  const before = await readSubmission(client, id);
  const known = before === undefined ? undefined : whatIsKnown(id, before, hash);
  if (known === 'different') return refuse(submission, receiving, different);
  if (known !== undefined && known !== 'to-take') return known;

  const opened = await openSubmission(kind, submission, keys);
  if (opened.kind === 'later') return { id, outcome: 'later', code: opened.code, reason: opened.reason };
  if (opened.kind === 'refused') return refuse(submission, receiving, opened);

  // As it was sent, until it is taken: whatever becomes of the device, it is here.
  const claimed = { kind, hash, by, at, receivedAt: now().toISOString(), sent: submission };
  const isFirst = before === undefined && (await claim(client, id, claimed)) === 'stored';
  const stands = await readSubmission(client, id);
  if (stands === 'erased') return { id, outcome: 'stored' };
  // A store that loses what it has just taken is being restored, or lacks nodes.
  if (stands === undefined) return { id, outcome: 'later', code: 'not-kept', reason: 'The store lost it.' };
  if (!isFirst) {
    const other = whatIsKnown(id, stands, hash);
    if (other === 'different') return refuse(submission, receiving, different);
    if (other !== 'to-take') return other;
  }

  const { by: sender, receivedAt } = stands;
  const context: TakeContext = { client, id, at, receivedAt, by: sender, rights };
  if (opened.author !== undefined) context.author = opened.author;
  const taken = await receiving.takes[kind](opened.body, context);
  const author = opened.author === undefined ? {} : { author: opened.author };
  switch (taken.kind) {
    case 'refused':
      await settle(client, stands, { outcome: 'refused', ...author });
      return refuse(submission, receiving, taken);
    case 'taken':
      await settle(client, stands, { outcome: 'stored', ...author });
      return { id, outcome: 'stored' };
    case 'kept':
      await settle(client, stands, { outcome: 'stored', ...author, body: opened.body });
      return { id, outcome: 'stored' };
  }
}

const different: Refused = {
  code: 'different-body',
  reason: 'Another submission with this id was received before.',
};

/** What an id's document says to one that comes now: it is `to-take` if nobody has taken it yet. */
function whatIsKnown(
  id: string,
  before: StoredSubmission | 'erased',
  hash: string,
): SubmissionAnswer | 'different' | 'to-take' {
  if (before === 'erased') return { id, outcome: 'stored' };
  if (before.hash !== hash) return 'different';
  return before.outcome === 'stored' ? { id, outcome: 'stored' } : 'to-take';
}

async function refuse(
  raw: Identified,
  { client, by, now }: Receiving,
  { code, reason, field }: Refused,
): Promise<SubmissionAnswer> {
  const { id } = raw;
  const parsed = parseSubmission(raw);
  const fault = { code, reason, ...(field !== undefined && { field }) };
  await keepRefused(client, {
    of: id,
    kind: String(raw.kind ?? '').slice(0, 64),
    hash: hashOf(raw as SentSubmission),
    by,
    at: parsed.success ? parsed.output.at : '',
    receivedAt: now().toISOString(),
    ...fault,
    // Anything else may hold a name in clear, or be of any length.
    ...(parsed.success && isKept(parsed.output) && { sent: parsed.output }),
  });
  return { id, outcome: 'refused', ...fault };
}

function isKept(submission: SentSubmission): boolean {
  if ('sealed' in submission) return true;
  const isSmall = Buffer.byteLength(JSON.stringify(submission.body) ?? '') <= longestBody;
  return isSmall && isKind(submission.kind) && !submissionKinds[submission.kind].holdsPerson;
}
