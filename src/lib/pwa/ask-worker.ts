import type { WorkerMessage } from './worker-messages';

/** A message restarts a stopped worker; reading its whole cache takes a while on old tablets. */
const ANSWER_LIMIT_MS = 10_000;

/**
 * Asks one service worker; undefined if it doesn't answer (an older version that doesn't know the question).
 */
export function askWorker(worker: ServiceWorker, message: WorkerMessage): Promise<unknown> {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    const finish = (answer: unknown) => {
      clearTimeout(timer);
      channel.port1.close();
      resolve(answer);
    };
    const timer = setTimeout(() => finish(undefined), ANSWER_LIMIT_MS);
    channel.port1.onmessage = (event: MessageEvent<unknown>) => finish(event.data);
    worker.postMessage(message, [channel.port2]);
  });
}
