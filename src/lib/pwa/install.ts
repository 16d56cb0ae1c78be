import { recall, remember } from './web-storage';

/** `button`: the browser can be asked. `share-menu`: iOS and iPadOS, by hand. `none`: nothing to offer. */
export type InstallOffer = 'none' | 'button' | 'share-menu';

/** Chromium's event, not in TypeScript's own types. */
interface BeforeInstallPromptEvent extends Event {
  prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>;
}

export interface InstallWatch {
  /** Opens the browser's own prompt. Call it from a click. */
  install(): Promise<void>;
  /** Declined: never offered again on this device. */
  dismiss(): void;
  stop(): void;
}

const DISMISSED = 'tiski-install-dismissed';

/** Reports at once, and at every change, what can be offered. Start it early: Chromium says so only once. */
export function watchInstall(onOffer: (offer: InstallOffer) => void): InstallWatch {
  const stopping = new AbortController();
  const { signal } = stopping;
  let question: BeforeInstallPromptEvent | undefined;

  function currentOffer(): InstallOffer {
    if (isStandalone() || recall('localStorage', DISMISSED)) return 'none';
    if (question) return 'button';
    return hasShareMenuInstall() ? 'share-menu' : 'none';
  }
  const tell = () => onOffer(currentOffer());

  addEventListener(
    'beforeinstallprompt',
    (event) => {
      // Our own button asks at a quiet moment, instead of the browser's bar.
      event.preventDefault();
      question = event as BeforeInstallPromptEvent;
      tell();
    },
    { signal },
  );
  addEventListener(
    'appinstalled',
    () => {
      question = undefined;
      tell();
    },
    { signal },
  );
  tell();

  return {
    async install() {
      const asked = question;
      if (!asked) return;
      // A prompt can be shown once; after a "no" Chromium fires a new event when it sees fit.
      question = undefined;
      await asked.prompt();
      tell();
    },
    dismiss() {
      remember('localStorage', DISMISSED, new Date().toISOString());
      tell();
    },
    stop: () => stopping.abort(),
  };
}

function isStandalone(): boolean {
  const isIosApp = 'standalone' in navigator && navigator.standalone === true;
  return isIosApp || matchMedia('(display-mode: standalone), (display-mode: fullscreen)').matches;
}

function hasShareMenuInstall(): boolean {
  return isOnIos();
}

/** iPhones and iPads: every browser there is WebKit, and only WebKit has `navigator.standalone`. */
export function isOnIos(): boolean {
  return 'standalone' in navigator && navigator.maxTouchPoints > 0;
}
