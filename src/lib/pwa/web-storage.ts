/**
 * Local and session storage, for what is nice to remember. A browser that stores nothing throws as soon as
 * they are accessed.
 */

type Kind = 'localStorage' | 'sessionStorage';

/** null if nothing is remembered, or storage is not allowed. */
export function recall(kind: Kind, key: string): string | null {
  try {
    return globalThis[kind].getItem(key);
  } catch {
    return null;
  }
}

/** @returns whether it is remembered; there may be no room, or no permission */
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
