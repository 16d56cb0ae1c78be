/** Sends what waits, once, from the service worker. Placeholder until the store and sync engine fill it. */
export async function pushOnce(): Promise<'sent' | 'nothing-to-send' | 'busy' | 'failed'> {
  return 'nothing-to-send';
}
