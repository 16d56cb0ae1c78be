import type { CouchReply } from '../../../src/server/couch/client';
import type { CopyReply } from './cluster-node';
import type { FakeCluster } from './fake-cluster';
import type { Operation } from './requests';

type Change = Extract<Operation, { kind: 'change' }>;

/** The result for one document: `fabric_doc_update:force_reply`. */
type Outcome = { kind: 'ok' | 'accepted'; rev: string } | { kind: 'conflict' } | { kind: 'error' };

/**
 * Sends a change to every node that is up, each of which applies it in its own time. It is answered when
 * enough copies have applied it, or when all have replied: what is still on its way is applied later, and a
 * node that is down learns of it afterwards.
 */
export function changeEverywhere(
  cluster: FakeCluster,
  { database, changes, copies, isBulk }: Change,
  answer: (reply: CouchReply) => void,
): void {
  const replies: CopyReply[][] = changes.map(() => []);
  const nodes = cluster.up;
  let waiting = nodes.length;
  let isAnswered = false;
  const conclude = () => {
    const enough = replies.every((each) => quorumOf(each, copies) !== undefined);
    if (isAnswered || (waiting > 0 && !enough)) return;
    isAnswered = true;
    const outcomes = replies.map((each) => outcomeOf(each, copies));
    answer(isBulk ? bulkReply(changes, outcomes) : singleReply(changes, outcomes));
  };
  for (const node of nodes) {
    const { life } = node;
    cluster.world.later(
      () => `${node.name} takes ${changes.map(({ id }) => id).join(' ')}`,
      undefined,
      () => {
        waiting -= 1;
        if (node.isUp && node.life === life) {
          changes.forEach((change, index) => replies[index]?.push(node.change(database, change)));
          cluster.catchUpLater();
        }
        conclude();
      },
    );
  }
}

function quorumOf(replies: readonly CopyReply[], copies: number): string | undefined {
  const revs = replies.flatMap((reply) => (reply.kind === 'ok' ? [reply.rev] : []));
  return revs.find((rev) => revs.filter((each) => each === rev).length >= copies);
}

function outcomeOf(replies: readonly CopyReply[], copies: number): Outcome {
  const rev = quorumOf(replies, copies);
  if (rev !== undefined) return { kind: 'ok', rev };
  const stored = replies.find((reply) => reply.kind === 'ok');
  // If one copy has accepted it, the others' conflicts don't count.
  if (stored) return { kind: 'accepted', rev: stored.rev };
  return replies.length > 0 && replies.every(({ kind }) => kind === 'conflict')
    ? { kind: 'conflict' }
    : { kind: 'error' };
}

const conflict = { error: 'conflict', reason: 'Document update conflict.' };
const failed = { error: 'internal_server_error', reason: 'No copy has taken it.' };

function singleReply([change]: Change['changes'], [outcome]: Outcome[]): CouchReply {
  switch (outcome?.kind) {
    case 'ok':
      return { status: change?.isDeleted ? 200 : 201, body: { ok: true, id: change?.id, rev: outcome.rev } };
    case 'accepted':
      return { status: 202, body: { ok: true, id: change?.id, rev: outcome.rev } };
    case 'conflict':
      return { status: 409, body: conflict };
    default:
      return { status: 500, body: failed };
  }
}

function bulkReply(changes: Change['changes'], outcomes: Outcome[]): CouchReply {
  const rows = outcomes.map((outcome, index) => {
    const id = changes[index]?.id;
    switch (outcome.kind) {
      case 'ok':
        return { ok: true, id, rev: outcome.rev };
      case 'accepted':
        return { ok: true, id, rev: outcome.rev, accepted: true };
      case 'conflict':
        return { id, ...conflict };
      case 'error':
        return { id, ...failed };
    }
  });
  const kinds = new Set(outcomes.map(({ kind }) => kind));
  return { status: kinds.has('error') ? 500 : kinds.has('accepted') ? 202 : 201, body: rows };
}
