import {
  isLineTrouble,
  type LocalStore,
  type Outcome,
  type PushAnswer,
  type Refusal,
  type RemoteDatabase,
  type RemoteDocument,
  type RemoteFailure,
  type RemoteServer,
} from './ports';

/** The most documents in one request (S5). */
export const pushBatchSize = 200;
/** S13: documents in the first request of an attempt. */
const firstBatchSize = 50;

/**
 * S13: how many requests of one push may fail with the server's own error before the server, not a document,
 * counts as broken. Enough to halve a batch down to one document twice.
 */
const patience = 20;

/** What is waiting, by where it goes: a desk's databases, or kinds of submissions (S20). */
export type Outbox = Pick<
  LocalStore,
  'databases' | 'cursor' | 'waiting' | 'acknowledge' | 'refuse' | 'suspect'
>;
type PushTarget = Pick<RemoteDatabase, 'name' | 'push'>;

/** The result for one database's share of the outbox. */
export interface Pushed {
  stored: number;
  refused: number;
}

/**
 * Sends everything that is waiting. What no contact has dated yet (R13) waits for the answer to a separate
 * request; what may go at once goes first, because it frees the room that the dates may need.
 * @param onSending called before documents are sent, if there are any
 */
export async function pushWaiting(
  server: RemoteServer,
  store: LocalStore,
  onSending?: () => void,
): Promise<Outcome<Pushed>> {
  const sent = await pushEach(server, store, onSending);
  if (!sent.ok && isLineTrouble(sent.failure.kind)) return sent;
  if (!(await store.hasUnconfirmed())) return sent;
  const time = await server.time();
  if (!time.ok) return time;
  await store.confirmTimes(time.value);
  const rest = await pushEach(server, store, onSending);
  if (!rest.ok || !sent.ok) return rest;
  const { stored, refused } = rest.value;
  return {
    ok: true,
    value: { stored: sent.value.stored + stored, refused: sent.value.refused + refused },
  };
}

/** Database by database: one that fails doesn't hold up the next (S5). */
export async function pushEach(
  server: { database(name: string): PushTarget },
  store: Outbox,
  onSending?: () => void,
  batchSize = pushBatchSize,
): Promise<Outcome<Pushed>> {
  const total: Pushed = { stored: 0, refused: 0 };
  let failure: RemoteFailure | undefined;
  for (const database of await store.databases()) {
    if ((await store.waiting(database, 1)).length === 0) continue;
    onSending?.();
    const pushed = await pushDocuments(server.database(database), store, batchSize);
    if (pushed.ok) {
      total.stored += pushed.value.stored;
      total.refused += pushed.value.refused;
    } else failure ??= pushed.failure;
  }
  return failure ? { ok: false, failure } : { ok: true, value: total };
}

/**
 * Sends everything that is waiting for a database. Rows leave the outbox only here, and only as S3 and S4
 * say; whatever gets no answer keeps waiting.
 */
export async function pushDocuments(
  remote: PushTarget,
  store: Outbox,
  batchSize = pushBatchSize,
): Promise<Outcome<Pushed>> {
  const pushed: Pushed = { stored: 0, refused: 0 };
  // S13: a line that breaks again and again carries a little each time.
  for (let size = Math.min(firstBatchSize, batchSize); ; size = Math.min(2 * size, batchSize)) {
    const epoch = (await store.cursor(remote.name))?.epoch;
    const documents = await store.waiting(remote.name, size);
    if (documents.length === 0) return { ok: true, value: pushed };
    const sent = await sendHalving(remote, documents);
    await store.acknowledge(remote.name, sent.stored, epoch);
    await store.refuse(sent.refused);
    await store.suspect(sent.suspects);
    pushed.stored += sent.stored.length;
    pushed.refused += sent.refused.length;
    if (sent.failure) return { ok: false, failure: sent.failure };
    // If an answer covers none of the documents, they would be sent again at once, forever.
    if (sent.stored.length + sent.refused.length === 0) {
      return { ok: false, failure: { kind: 'not-our-server' } };
    }
  }
}

interface Sent {
  stored: string[];
  refused: Refusal[];
  /** Documents that alone made the server fail, while others got through. */
  suspects: Refusal[];
  /** Why some of the documents still wait. */
  failure?: RemoteFailure;
}

/** S13: sends a batch, and its halves if the whole does not go through. */
async function sendHalving(remote: PushTarget, documents: readonly RemoteDocument[]): Promise<Sent> {
  const sent: Sent = { stored: [], refused: [], suspects: [] };
  let failures = 0;
  let firstFailure: RemoteFailure | undefined;
  const queue = [documents];
  for (let batch = queue.shift(); batch; batch = queue.shift()) {
    const answer = await remote.push(batch);
    if (answer.ok) {
      noteAnswers(batch, answer.value, sent);
      continue;
    }
    const { failure } = answer;
    if (!isAboutContent(failure)) {
      sent.failure = failure;
      break;
    }
    if (batch.length > 1) {
      const middle = Math.ceil(batch.length / 2);
      queue.unshift(batch.slice(0, middle), batch.slice(middle));
    } else if (batch[0]) {
      const refusal = { id: batch[0]._id, ...refusalOf(failure) };
      if (failure.kind === 'server-error') sent.suspects.push(refusal);
      else sent.refused.push(refusal);
    }
    if (failure.kind !== 'server-error') continue;
    firstFailure ??= failure;
    if (++failures >= patience && sent.stored.length === 0) break;
  }
  if (firstFailure && (sent.suspects.length > 0 || queue.length > 0)) sent.failure ??= firstFailure;
  // Nothing got through: the server is broken, not these documents.
  if (sent.stored.length === 0) sent.suspects = [];
  return sent;
}

type ContentFailure = RemoteFailure & { kind: 'too-large' | 'rejected' | 'server-error' };

/** Whether a failure may be due to what was sent, rather than to the line, the server or the account. */
function isAboutContent(failure: RemoteFailure): failure is ContentFailure {
  switch (failure.kind) {
    case 'too-large':
    case 'rejected':
    case 'server-error':
      return true;
    case 'unreachable':
    case 'not-our-server':
    case 'signed-out':
    case 'forbidden':
    case 'busy':
    case 'missing':
      return false;
  }
}

function refusalOf(failure: ContentFailure): { status: number; reason: string } {
  switch (failure.kind) {
    case 'too-large':
      return { status: 413, reason: 'too large' };
    case 'rejected':
      return { status: failure.status, reason: failure.reason };
    case 'server-error':
      return { status: failure.status, reason: 'the server failed on this document' };
  }
}

function noteAnswers(batch: readonly RemoteDocument[], answers: readonly PushAnswer[], sent: Sent): void {
  const asked = new Set(batch.map(({ _id }) => _id));
  for (const answer of answers) {
    if (!asked.delete(answer.id)) continue;
    switch (answer.kind) {
      case 'stored':
        sent.stored.push(answer.id);
        break;
      case 'exists':
        // S3: the server has exactly what was sent, so an earlier answer got lost.
        if (answer.body === 'identical') sent.stored.push(answer.id);
        else if (answer.body === 'different') {
          const reason = 'another document with this id exists';
          sent.refused.push({ id: answer.id, status: 409, reason });
        } else sent.failure ??= { kind: 'unreachable' };
        break;
      case 'refused':
        // S11: the account is not let in; that says nothing about the document.
        if (answer.status === 401) sent.failure ??= { kind: 'signed-out' };
        else sent.refused.push({ id: answer.id, status: answer.status, reason: answer.reason });
        break;
      case 'later':
        sent.failure ??= { kind: 'server-error', status: 503, reason: answer.reason };
        break;
    }
  }
}
