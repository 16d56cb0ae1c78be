import { PUSH_SYNC_TAG, SUBMISSIONS_SYNC_TAG } from '$lib/pwa/worker-messages';
import type { TiskiDatabase } from '$lib/store/database';
import { waitingCount } from '$lib/store/outbox';
import type { SubmissionsDatabase } from '$lib/submissions/database';
import { countWaiting } from '$lib/submissions/outbox';

/**
 * Background Sync, which TypeScript doesn't know. Only Chromium has it; other browsers send when the page is
 * open.
 */
interface RegistrationWithSync extends ServiceWorkerRegistration {
  readonly sync?: { register(tag: string): Promise<void> };
}

/** S10: the service worker sends what is waiting if this page is closed. */
export const askForBackgroundPush = (db: TiskiDatabase): Promise<void> =>
  ask(PUSH_SYNC_TAG, async () => (await waitingCount(db)) > 0);

/** The same for what was submitted here (S20). */
export const askForBackgroundSending = (db: SubmissionsDatabase): Promise<void> =>
  ask(SUBMISSIONS_SYNC_TAG, async () => (await countWaiting(db)).size > 0);

async function ask(tag: string, isNeeded: () => Promise<boolean>): Promise<void> {
  try {
    if (!('serviceWorker' in navigator) || !(await isNeeded())) return;
    const registration: RegistrationWithSync | undefined = await navigator.serviceWorker.getRegistration();
    await registration?.sync?.register(tag);
  } catch {
    // Not allowed here: it is sent the next time the page is open.
  }
}
