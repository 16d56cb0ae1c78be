/**
 * Runs before any screen is loaded. With all cookies blocked, Firefox throws at every door to storage. A channel is one,
 * and Dexie makes one as soon as it is loaded, if there are any: then nothing could say in words what is wrong.
 */
export function init(): void {
  try {
    new BroadcastChannel('tiski-may-store').close();
  } catch {
    Reflect.deleteProperty(globalThis, 'BroadcastChannel');
  }
}
