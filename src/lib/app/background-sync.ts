import { PUSH_SYNC_TAG } from '$lib/pwa/worker-messages';
import type { TiskiDatabase } from '$lib/store/database';
import { waitingCount } from '$lib/store/outbox';

/**
 * Background Sync, which TypeScript doesn't know. Only Chromium has it; other browsers send when the page is
 * open.
 */
interface RegistrationWithSync extends ServiceWorkerRegistration {
  readonly sync?: { register(tag: string): Promise<void> };
}

/** S10: the service worker sends what is waiting if this page is closed. */
export async function askForBackgroundPush(db: TiskiDatabase): Promise<void> {
  try {
    if (!('serviceWorker' in navigator) || (await waitingCount(db)) === 0) return;
    const registration: RegistrationWithSync | undefined = await navigator.serviceWorker.getRegistration();
    await registration?.sync?.register(PUSH_SYNC_TAG);
  } catch {
    // Not allowed here: the outbox is sent the next time the page is open.
  }
}
