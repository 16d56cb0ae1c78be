/**
 * `coming`: a newer version is here, and takes over as soon as no tab is busy. `newest`: the server has no
 * newer one. `unreachable`: it could not be asked. `unsupported`: this page is not served by a service
 * worker.
 */
export type UpdateAnswer = 'coming' | 'newest' | 'unreachable' | 'unsupported';

/**
 * S7: checks for a newer Tiski now, because somebody asked; app-updates.ts lets it take over and reloads the
 * page. Chromium delays the check for up to a minute after a page was opened while the page has more than two
 * requests in progress, as a desk that listens for changes has (seen in 150): pause the syncer meanwhile.
 */
export async function lookForUpdate(): Promise<UpdateAnswer> {
  if (!('serviceWorker' in navigator)) return 'unsupported';
  const registration = await navigator.serviceWorker.getRegistration();
  if (!registration) return 'unsupported';
  try {
    await registration.update();
  } catch {
    // No network, or something other than our server answered.
    return 'unreachable';
  }
  return registration.installing || registration.waiting ? 'coming' : 'newest';
}
