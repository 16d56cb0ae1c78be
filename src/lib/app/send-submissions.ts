import { createSubmissionsServer } from '$lib/remote/submissions-api';
import { SubmissionsDatabase, writeFact } from '$lib/submissions/database';
import { countWaiting, createOutbox } from '$lib/submissions/outbox';
import { sendOnce, startSender, submissionsLock } from '$lib/submissions/send';
import type { SendingState } from '$lib/submissions/sending-state';
import { askForBackgroundSending } from './background-sync';
import { browserTiming } from './browser-timing';
import { runInOneTab, type Running } from './run-in-one-tab';

const apiUrl = () => `${location.origin}/api`;

/** S20: sends what is submitted on this device, in one tab, as whoever is signed in. */
export const startSendingSubmissions = (db: SubmissionsDatabase): Running =>
  runInOneTab({
    name: submissionsLock,
    run: (bell, signal) => sendUntilStopped(db, bell, signal),
    onHidden: () => void askForBackgroundSending(db),
  });

async function sendUntilStopped(
  db: SubmissionsDatabase,
  bell: EventTarget,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  // On a full disk the last state stays; the next one makes up for it.
  const keep = (state: SendingState) => writeFact(db, 'sending', state).catch(() => undefined);
  let keeping: Promise<void> = Promise.resolve();
  const sender = startSender({
    server: createSubmissionsServer(apiUrl(), Date.now, signal),
    outbox: createOutbox(db, Date.now),
    timing: browserTiming(Date.now),
    onState(state) {
      if (state.phase === 'offline') void askForBackgroundSending(db);
      keeping = keeping.then(() => keep(state));
    },
  });
  bell.addEventListener('hurry', sender.hurry);
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  bell.removeEventListener('hurry', sender.hurry);
  await sender.stop();
  await keeping;
}

/** Once, from the service worker. 'failed' if something still waits: the browser tries again later. */
export async function sendSubmissionsOnce(): Promise<'sent' | 'failed'> {
  const db = new SubmissionsDatabase();
  try {
    if ((await countWaiting(db)).size === 0) return 'sent';
    await navigator.locks.request(submissionsLock, { ifAvailable: true }, async (lock) => {
      if (lock) await sendOnce(createSubmissionsServer(apiUrl(), Date.now), createOutbox(db, Date.now));
    });
    return (await countWaiting(db)).size === 0 ? 'sent' : 'failed';
  } finally {
    db.close();
  }
}
