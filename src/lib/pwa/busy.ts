/**
 * "Not now": a tab with an open verdict, a scan in progress or a half-filled form is busy, and an update
 * waits. Tabs know about each other through one Web Lock: busy tabs share it, an update needs it exclusively.
 */
const LOCK = 'tiski-busy';

let busyHere = 0;
const whenIdle = new Set<() => void>();

/** True while this tab itself is busy, known at once and even without Web Locks. */
export function isBusyHere(): boolean {
  return busyHere > 0;
}

/** Calls `listener` each time this tab becomes idle. Returns a function that stops it. */
export function onIdleHere(listener: () => void): () => void {
  whenIdle.add(listener);
  return () => whenIdle.delete(listener);
}

/**
 * Holds updates back, in every tab, until the returned function is called (twice does no harm). In this tab
 * it takes effect at once; in others when the browser grants the lock.
 */
export function keepBusy(): () => void {
  busyHere += 1;
  let letGo: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (letGo = resolve));
  // Rejects only if the page is going away; the lock goes with it.
  navigator.locks?.request(LOCK, { mode: 'shared' }, () => released).catch(() => undefined);

  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    busyHere -= 1;
    letGo();
    if (busyHere === 0) for (const listener of whenIdle) listener();
  };
}

/**
 * Runs `action` if nobody is busy, and keeps everybody from becoming busy until it settles.
 * @returns false if somebody is busy, and nothing was done
 */
export async function runWhenNobodyIsBusy(action: () => Promise<void>): Promise<boolean> {
  if (isBusyHere()) return false;
  if (!navigator.locks) {
    await action();
    return true;
  }
  return navigator.locks.request(LOCK, { mode: 'exclusive', ifAvailable: true }, async (lock) => {
    if (!lock || isBusyHere()) return false;
    await action();
    return true;
  });
}
