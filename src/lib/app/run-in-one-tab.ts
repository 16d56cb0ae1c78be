/** Something that one tab does at a time, in the background. */
export interface Running {
  stop(): void;
  /** "Try now", in whichever tab does it. */
  hurry(): void;
}

export interface OneTabParts {
  /** The name of the Web Lock, and of the channel through which other tabs are hurried. */
  name: string;
  /** Runs while this tab has the lock, until `signal` aborts; `bell` has an event `hurry`. */
  run(bell: EventTarget, signal: AbortSignal): Promise<void>;
  /** The page is no longer seen. */
  onHidden(): void;
}

/** S10: runs in this tab as soon as it has the lock; a browser without Web Locks runs it in every tab. */
export function runInOneTab({ name, run, onHidden }: OneTabParts): Running {
  const stopping = new AbortController();
  const { signal } = stopping;
  const bell = new EventTarget();
  const ring = () => bell.dispatchEvent(new Event('hurry'));
  const channel = new BroadcastChannel(name);
  channel.addEventListener('message', ring);
  const work = () => run(bell, signal);
  const running = 'locks' in navigator ? navigator.locks.request(name, { signal }, work) : work();
  // A pending lock request rejects when the wait is given up.
  running.catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });

  const hurry = () => {
    ring();
    channel.postMessage('hurry');
  };
  const onSeen = () => {
    if (document.visibilityState === 'visible') hurry();
    else onHidden();
  };
  // S12: a hint to hurry, nothing more; navigator.onLine is not used at all.
  addEventListener('online', hurry);
  document.addEventListener('visibilitychange', onSeen);

  return {
    hurry,
    stop() {
      removeEventListener('online', hurry);
      document.removeEventListener('visibilitychange', onSeen);
      stopping.abort();
      channel.close();
    },
  };
}
