import type { Page } from '@playwright/test';

/**
 * Fires Background Sync's event in the service worker of the page's origin, as the browser does when the
 * network is back, but without waiting for the browser to do it. The page only lends its connection: it may
 * be blank, so that the app is closed.
 */
export async function dispatchBackgroundSync(page: Page, origin: string, tag = 'tiski-push'): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const ours = registrations.find(
        ({ scopeURL, isDeleted }) => scopeURL === new URL('/', origin).href && !isDeleted,
      );
      if (ours) resolve(ours.registrationId);
    });
  });
  await session.send('ServiceWorker.enable');
  const registrationId = await registered;
  await session.send('ServiceWorker.dispatchSyncEvent', { origin, registrationId, tag, lastChance: false });
  await session.detach();
}
