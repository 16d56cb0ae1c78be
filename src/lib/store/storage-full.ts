/** Whether a write failed because the device has no room: Dexie wraps the browser's error. */
export function isStorageFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'QuotaExceededError') return true;
  const inner: unknown = (error as { inner?: unknown }).inner;
  return inner !== error && isStorageFull(inner);
}
