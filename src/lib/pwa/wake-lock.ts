/**
 * `awake`: the screen stays on. `unsupported`: this browser can't (set the tablet to never sleep). `refused`:
 * it could but doesn't now, e.g. in battery saver mode.
 */
export type WakeState = 'awake' | 'unsupported' | 'refused';

/**
 * Keeps the screen on until the returned function is called. The browser releases the lock whenever the page
 * is hidden, so it is requested again when the page is shown.
 */
export function keepAwake(onState: (state: WakeState) => void = () => undefined): () => void {
  if (!('wakeLock' in navigator)) {
    onState('unsupported');
    return () => undefined;
  }

  const stopping = new AbortController();
  const { signal } = stopping;
  let lock: WakeLockSentinel | undefined;
  let isAsking = false;

  async function ask(): Promise<void> {
    if (isAsking || signal.aborted || document.visibilityState !== 'visible') return;
    if (lock && !lock.released) return;
    isAsking = true;
    try {
      const granted = await navigator.wakeLock.request('screen');
      if (signal.aborted) return void granted.release();
      lock = granted;
      onState('awake');
    } catch {
      if (!signal.aborted) onState('refused');
    } finally {
      isAsking = false;
    }
  }

  document.addEventListener('visibilitychange', () => void ask(), { signal });
  // After a refusal (a low battery, say) a touch is a good moment to try again.
  document.addEventListener('pointerdown', () => void ask(), { signal });
  void ask();

  return () => {
    stopping.abort();
    void lock?.release();
  };
}
