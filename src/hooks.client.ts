/**
 * Runs before any screen is loaded. With all cookies blocked, Firefox throws at every access to storage,
 * including channels, and Dexie makes a channel as soon as it is loaded, if there are any: then no screen
 * could say what is wrong.
 */
export function init(): void {
  try {
    new BroadcastChannel('tiski-may-store').close();
  } catch {
    Reflect.deleteProperty(globalThis, 'BroadcastChannel');
  }
}
