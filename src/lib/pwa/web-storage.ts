/** Local and session storage, for what is nice to remember. A browser that keeps nothing throws at the mention of them. */

type Kind = 'localStorage' | 'sessionStorage';

/** null when nothing is remembered, or may be. */
export function recall(kind: Kind, key: string): string | null {
  try {
    return globalThis[kind].getItem(key);
  } catch {
    return null;
  }
}

/** @returns whether it is remembered; there may be no room, or no leave */
export function remember(kind: Kind, key: string, value: string): boolean {
  try {
    globalThis[kind].setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

export function forget(kind: Kind, key: string): void {
  try {
    globalThis[kind].removeItem(key);
  } catch {
    // Nothing was remembered.
  }
}
