import { chromium, expect, test as base, type Page } from '@playwright/test';
import { launchOptions } from '../setup/browser';
import { serveHarness } from './harness/serve-harness';
import { makeVideo, type FrameContent } from './video';

export interface Situation {
  /** What the camera sees. With neither this nor `cameras` the device has no camera. */
  sees?: FrameContent[];
  /** This many cameras, which see Chromium's test picture. */
  cameras?: number;
  permission?: 'granted' | 'denied';
  hasTorch?: boolean;
  /** The address is not localhost and has no TLS. */
  isInsecure?: boolean;
  /** Files that fail to load; the browser says so in the console. */
  missing?: string;
  /** Parts of the page: "camera", "pad". */
  shows?: string;
}

interface Fixtures {
  /** Opens the scanner's page in a separate browser, with the camera that the situation requires. */
  openScanner: (situation: Situation) => Promise<Page>;
}

/** Every track the page was ever given, to check that none is left running. */
function keepTracks() {
  const tracks: MediaStreamTrack[] = [];
  Object.assign(globalThis, { tracks });
  if (!isSecureContext) return;
  const devices = MediaDevices.prototype;
  const original = devices.getUserMedia;
  devices.getUserMedia = async function (constraints) {
    const stream = await original.call(this, constraints);
    tracks.push(...stream.getTracks());
    return stream;
  };
}

/** Chromium's fake camera has no light. */
function addTorch() {
  let isLit = false;
  const { getCapabilities, getSettings } = MediaStreamTrack.prototype;
  Object.assign(MediaStreamTrack.prototype, {
    getCapabilities(this: MediaStreamTrack) {
      return { ...getCapabilities.call(this), torch: true };
    },
    getSettings(this: MediaStreamTrack) {
      return { ...getSettings.call(this), torch: isLit };
    },
    async applyConstraints({ advanced = [] }: { advanced?: { torch?: boolean }[] }) {
      isLit = advanced.at(0)?.torch ?? isLit;
    },
  });
}

/** Hides the page, or shows it again: headless Chromium keeps every page visible. */
export const setShown = (page: Page, isShown: boolean) =>
  page.evaluate(
    (state) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, value: state });
      document.dispatchEvent(new Event('visibilitychange'));
    },
    isShown ? 'visible' : 'hidden',
  );

/** Pulls the plug of the camera. */
export const unplug = (page: Page) =>
  page.evaluate(() => {
    const { tracks } = globalThis as unknown as { tracks: MediaStreamTrack[] };
    tracks.at(-1)?.stop();
    tracks.at(-1)?.dispatchEvent(new Event('ended'));
  });

export const plugIn = (page: Page) =>
  page.evaluate(() => void navigator.mediaDevices.dispatchEvent(new Event('devicechange')));

export const liveTracks = (page: Page) =>
  page.evaluate(() => {
    const { tracks } = globalThis as unknown as { tracks: MediaStreamTrack[] };
    return tracks.filter(({ readyState }) => readyState === 'live').length;
  });

export const reports = (page: Page) => page.getByRole('list', { name: 'Reports' }).getByRole('listitem');

export const test = base.extend<Fixtures, { harness: string }>({
  harness: [
    // eslint-disable-next-line no-empty-pattern -- Playwright wants the pattern
    async ({}, use) => {
      const { url, stop } = await serveHarness();
      await use(url);
      await stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  openScanner: async ({ harness, browser: painter }, use, testInfo) => {
    const closing: (() => Promise<void>)[] = [];
    const faults: string[] = [];
    await use(async ({ sees, cameras, permission = 'granted', shows = 'camera', ...more }) => {
      const options = launchOptions();
      const args = [...(options.args ?? [])];
      if (sees) {
        const video = testInfo.outputPath('camera.mjpeg');
        await makeVideo(painter, video, sees);
        args.push('--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${video}`);
      }
      if (cameras) args.push(`--use-fake-device-for-media-stream=device-count=${cameras}`);
      if (permission === 'granted') args.push('--use-fake-ui-for-media-stream');
      if (more.isInsecure) args.push('--host-resolver-rules=MAP tiski.test 127.0.0.1');
      const browser = await chromium.launch({ ...options, args });
      closing.push(() => browser.close());
      const context = await browser.newContext({ locale: 'fi-FI' });
      const page = await context.newPage();
      page.on('console', (message) => {
        if (message.type() === 'error' && !more.missing) faults.push(message.text());
      });
      page.on('pageerror', (error) => {
        // html5-qrcode does not wait for play(), which rejects if a camera goes before its first frame.
        if (!/play\(\) request was interrupted/.test(error.message)) faults.push(String(error));
      });
      if (permission === 'denied') {
        const session = await context.newCDPSession(page);
        const name = { name: 'camera' };
        await session.send('Browser.setPermission', { permission: name, setting: 'denied' });
      }
      await page.addInitScript(keepTracks);
      if (more.hasTorch) await page.addInitScript(addTorch);
      if (more.missing) await page.route(more.missing, (route) => route.abort());
      const address = more.isInsecure ? harness.replace('127.0.0.1', 'tiski.test') : harness;
      await page.goto(`${address}?${shows}`);
      return page;
    });
    for (const close of closing) await close();
    expect(faults, 'errors in the console').toEqual([]);
  },
});

export { expect };
