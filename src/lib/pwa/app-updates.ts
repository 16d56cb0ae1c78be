import { dev, version } from '$app/environment';
import { Workbox } from 'workbox-window';
import { getLocale } from '$lib/paraglide/runtime';
import { askWorker } from './ask-worker';
import { isBusyHere, onIdleHere, runWhenNobodyIsBusy } from './busy';
import { versionLabel } from './version-label';
import { forget, recall, remember } from './web-storage';

export { keepBusy } from './busy';

const LOOK_FOR_UPDATES_MS = 60 * 60 * 1000;
const TRY_TO_TAKE_OVER_MS = 3000;
/** How long other tabs are kept from becoming busy while a new worker takes over. */
const TAKE_OVER_LIMIT_MS = 10_000;
/** This tab's note to itself across a reload: the version it reloaded for. */
const RELOADED_FOR = 'tiski-reloaded-for';

export interface UpdateOptions {
  /** Called once with the new version's label, after the reload that an update caused. */
  onUpdated: (version: string) => void;
  /** The app can't be made available offline, e.g. in a private window or when the disk is full. */
  onFailed?: (error: unknown) => void;
}

/**
 * Registers the service worker and lets its updates take over when the whole browser is idle. Does nothing in
 * development and in browsers without service workers.
 * A tab reloads at most once per version, and only if the worker that serves it has another version than its
 * own page; so the first installation reloads nothing, and there can be no reload loop.
 * @returns a function that stops it
 */
export function startUpdates({ onUpdated, onFailed }: UpdateOptions): () => void {
  if (dev || !('serviceWorker' in navigator)) return () => undefined;

  const stopping = new AbortController();
  const { signal } = stopping;
  const workbox = new Workbox('/service-worker.js', { updateViaCache: 'none' });
  let registration: ServiceWorkerRegistration | undefined;

  if (recall('sessionStorage', RELOADED_FOR) === version) {
    forget('sessionStorage', RELOADED_FOR);
    onUpdated(versionLabel(version, getLocale()));
  }

  async function takeOver(): Promise<void> {
    if (!registration?.waiting) return;
    await runWhenNobodyIsBusy(async () => {
      const changed = nextControllerChange(TAKE_OVER_LIMIT_MS);
      workbox.messageSkipWaiting();
      await changed;
    });
  }

  async function reloadIfOutdated(): Promise<void> {
    const controller = navigator.serviceWorker.controller;
    if (!controller || isBusyHere()) return;
    const serving = await askWorker(controller, { type: 'VERSION' });
    // Checked again: a verdict may have opened meanwhile. When it closes, onIdleHere comes back here.
    if (signal.aborted || typeof serving !== 'string' || serving === version || isBusyHere()) return;
    if (recall('sessionStorage', RELOADED_FOR) === serving) return;
    // Without this note, a second reload could follow, and a third.
    if (remember('sessionStorage', RELOADED_FOR, serving)) location.reload();
  }

  // Being offline is the usual reason for a failure; the next check comes by itself.
  const lookForUpdates = () => void registration?.update().catch(() => undefined);

  workbox.addEventListener('waiting', () => void takeOver());
  navigator.serviceWorker.addEventListener('controllerchange', () => void reloadIfOutdated(), { signal });
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.visibilityState === 'visible') lookForUpdates();
    },
    { signal },
  );
  const stopIdle = onIdleHere(() => {
    void takeOver();
    void reloadIfOutdated();
  });
  const looking = setInterval(lookForUpdates, LOOK_FOR_UPDATES_MS);
  const trying = setInterval(() => void takeOver(), TRY_TO_TAKE_OVER_MS);

  workbox.register({ immediate: true }).then(
    (registered) => {
      registration = registered;
      void takeOver();
      void reloadIfOutdated();
    },
    (error: unknown) => onFailed?.(error),
  );

  return () => {
    stopping.abort();
    stopIdle();
    clearInterval(looking);
    clearInterval(trying);
  };
}

/** Resolves when another worker serves this page, or after `limitMs`. */
function nextControllerChange(limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, limitMs);
    navigator.serviceWorker.addEventListener(
      'controllerchange',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
