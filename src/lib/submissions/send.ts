import { kinds } from '$lib/documents/submissions/kinds';
import {
  mostInBatch,
  type SentSubmission,
  type SubmissionAnswer,
} from '$lib/documents/submissions/submission';
import type { SubmissionsServer } from '$lib/remote/submissions-api';
import { createAcknowledgedCheck } from '$lib/sync/check-acknowledged';
import { startLane, type LaneState } from '$lib/sync/lane';
import type { Outcome, PushAnswer, RemoteDatabase, RemoteDocument, Timing } from '$lib/sync/ports';
import { pushEach } from '$lib/sync/push-documents';
import type { SubmissionsOutbox } from './outbox';
import { sendingStateOf, type SendingState } from './sending-state';

/** Whoever sends, in a page or a service worker, holds this Web Lock (S10). */
export const submissionsLock = 'tiski-submissions';

export interface SenderParts {
  server: SubmissionsServer;
  outbox: SubmissionsOutbox;
  timing: Timing;
  onState(state: SendingState): void;
}

export interface Sender {
  /** The line may be back, somebody has signed in, or somebody asks: try now. */
  hurry(): void;
  stop(): Promise<void>;
}

/** How often the server is looked at while nothing waits, ms. */
const lookEvery = 60 * 60_000;

/** S20: sends what waits until it is stopped, by the desk's own lane and in its batches (S5, S12, S13). */
export function startSender({ server, outbox, timing, onState }: SenderParts): Sender {
  let isSending = false;
  let lane: LaneState = { isWorking: false };
  const tell = () => onState(sendingStateOf(lane, isSending));
  const turns = kinds.map((kind) =>
    createAcknowledgedCheck({ remote: targetOf(server, kind), store: outbox, now: timing.now }),
  );
  const running = startLane({
    timing,
    async work() {
      try {
        return await sendOnce(server, outbox, () => {
          isSending = true;
          tell();
        });
      } finally {
        isSending = false;
      }
    },
    // S22: a rest begins with the daily question, where it is due.
    async rest(signal) {
      for (const takeTurn of turns) if (await takeTurn(signal)) return nothingToTell;
      await timing.sleep(lookEvery, signal);
      return nothingToTell;
    },
    onState(state) {
      lane = state;
      tell();
    },
  });
  const unwatch = outbox.onWaiting(() => running.wake());
  return {
    hurry: () => running.wake(),
    stop() {
      unwatch();
      return running.stop();
    },
  };
}

/** One attempt: what the server is, and then everything that waits, kind by kind. */
export async function sendOnce(
  server: SubmissionsServer,
  outbox: SubmissionsOutbox,
  onSending?: () => void,
): Promise<Outcome<unknown>> {
  const look = await server.look();
  if (!look.ok) return look;
  await outbox.learn(look.value);
  await outbox.prune();
  return pushEach({ database: (kind) => targetOf(server, kind) }, outbox, onSending, mostInBatch);
}

const nothingToTell = { ok: true, value: undefined } as const;

/** A kind of submissions, as something to push to. */
function targetOf(
  server: SubmissionsServer,
  kind: string,
): Pick<RemoteDatabase, 'name' | 'push' | 'missing'> {
  return {
    name: kind,
    async push(documents) {
      const answer = await server.send(documents.map(submissionOf));
      return answer.ok ? { ok: true, value: answer.value.map(pushAnswerOf) } : answer;
    },
    missing: (ids) => server.missing(ids),
  };
}

/** The outbox made the document of it. */
const submissionOf = ({ _id, ...submission }: RemoteDocument) => submission as unknown as SentSubmission;

function pushAnswerOf({ id, outcome, code = outcome, reason = '' }: SubmissionAnswer): PushAnswer {
  switch (outcome) {
    case 'stored':
      return { id, kind: 'stored' };
    case 'later':
      return { id, kind: 'later', reason };
    case 'refused':
      // S4: in the form that refusal-reason.ts reads.
      return {
        id,
        kind: 'refused',
        status: code === 'different-body' ? 409 : 400,
        reason: `${code}: ${reason}`,
      };
  }
}
