/// <reference lib="webworker" />
import { build, files, version } from '$service-worker';
import { addPlugins, cleanupOutdatedCaches, matchPrecache, precacheAndRoute } from 'workbox-precaching';
import { createHandlerBoundToURL } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { pushOnce } from '$lib/app/push-once';
import { sendSubmissionsOnce } from '$lib/app/send-submissions';
import { PUSH_SYNC_TAG, SUBMISSIONS_SYNC_TAG, type WorkerMessage } from '$lib/pwa/worker-messages';

/** Background Sync's event: not yet in TypeScript's own types. */
interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

const worker = globalThis.self as unknown as ServiceWorkerGlobalScope;

const SHELL = '/index.html';
/** Downloads, not parts of the app: they stay on the server. */
const ONLINE_ONLY = /\/samples\//;

const entries = [
  { url: SHELL, revision: version },
  // Built files carry their hash in their name.
  ...build.map((url) => ({ url, revision: null })),
  ...files.filter((url) => !ONLINE_ONLY.test(url)).map((url) => ({ url, revision: version })),
];

/**
 * Keeps a half-deployed server or a proxy's error page out of the cache: the shell must load the very files
 * of this version, and nothing else may be HTML. A failed check fails the installation; the browser tries
 * again at the next update check, and until then the old version stays.
 */
async function belongsToThisVersion(url: string, response: Response): Promise<boolean> {
  if (response.status !== 200) return false;
  if (new URL(url).pathname !== SHELL)
    return !(response.headers.get('content-type') ?? '').startsWith('text/html');
  const shell = await response.clone().text();
  return build.filter((file) => file.includes('/entry/')).every((file) => shell.includes(file));
}

addPlugins([
  {
    cacheWillUpdate: async ({ request, response }) =>
      (await belongsToThisVersion(request.url, response)) ? response : null,
  },
]);
cleanupOutdatedCaches();
precacheAndRoute(entries);
registerRoute(
  new NavigationRoute(createHandlerBoundToURL(SHELL), { denylist: [/^\/(couch|api)(\/|$)/, ONLINE_ONLY] }),
);

async function isComplete(): Promise<boolean> {
  const found = await Promise.all(entries.map(({ url }) => matchPrecache(url)));
  return found.every((response) => response !== undefined);
}

worker.addEventListener('activate', (event) => {
  // From now on it serves the page that installed it: the page's later chunks must not need the network.
  event.waitUntil(worker.clients.claim());
});

worker.addEventListener('message', (event) => {
  const message = event.data as WorkerMessage;
  switch (message.type) {
    case 'SKIP_WAITING':
      event.waitUntil(worker.skipWaiting());
      break;
    case 'VERSION':
      event.ports[0]?.postMessage(version);
      break;
    case 'IS_COMPLETE':
      event.waitUntil(isComplete().then((complete) => event.ports[0]?.postMessage(complete)));
      break;
  }
});

async function pushWaitingVisits(): Promise<void> {
  // A rejected promise makes the browser fire the event again later.
  if ((await pushOnce()) === 'failed') throw new Error('Visits are still waiting to be sent.');
}

async function sendWaitingSubmissions(): Promise<void> {
  if ((await sendSubmissionsOnce()) === 'failed')
    throw new Error('Submissions are still waiting to be sent.');
}

worker.addEventListener('sync', (event: Event) => {
  const sync = event as SyncEvent;
  if (sync.tag === PUSH_SYNC_TAG) sync.waitUntil(pushWaitingVisits());
  if (sync.tag === SUBMISSIONS_SYNC_TAG) sync.waitUntil(sendWaitingSubmissions());
});
