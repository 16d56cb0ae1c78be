import type { Page } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildIfStale } from '../../src/server/cli/build-if-stale';
import { demoCardCount } from '../../src/server/demo/cards';
import { cardOf, chooseService, openDemoDesk, verdict } from '../e2e/counter';
import { held, makeVideo, nothing } from '../e2e/video';
import { TiskiServer } from '../setup/tiski-server';
import { launchBrowser, openDevice } from './bench-browser';
import { growRegister } from './bench-register';
import type { BenchSize } from './sizes';
import { count, milliseconds, quantile, times as ratio, type BenchTable } from './table';

/**
 * From the first camera frame that shows a card to the frame in which the verdict is on the screen, in the
 * built app with a filmed card; and how long the page's main thread is ever blocked while the camera reads.
 * The wasm detector runs in a worker.
 */
const sizes: Record<BenchSize, { cards: number[]; scans: number }> = {
  tiny: { cards: [demoCardCount], scans: 1 },
  usual: { cards: [demoCardCount, 4_000, 40_000], scans: 10 },
  full: { cards: [demoCardCount, 4_000, 40_000], scans: 20 },
};

export async function camera(size: BenchSize): Promise<BenchTable[]> {
  const { cards, scans } = sizes[size];
  await buildIfStale();
  const server = await TiskiServer.prepare({ demo: true });
  const folder = await mkdtemp(path.join(tmpdir(), 'tiski-bench-'));
  const video = path.join(folder, 'card.mjpeg');
  const painter = await launchBrowser();
  // In view for two seconds, away for longer than a code is remembered.
  const card = { kind: 'qrcode', text: cardOf('admitted') } as const;
  await makeVideo(painter, video, [...held([card], 60), ...nothing(120)]);
  await painter.close();
  await server.start();
  const browser = await launchBrowser(
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-video-capture=${video}`,
  );
  try {
    const rows: string[][] = [];
    let first: number | undefined;
    for (const each of cards) {
      await growRegister(server, each);
      const context = await openDevice(browser, { baseURL: server.url });
      const { times, longest, tasks, watchedMs } = await watchScans(await context.newPage(), scans);
      await context.close();
      const median = quantile(times, 0.5);
      first ??= median;
      rows.push([
        count(each),
        milliseconds(median),
        milliseconds(Math.max(...times)),
        ratio(median / first),
        tasks === 0 ? 'under 50 ms' : milliseconds(longest),
        `${tasks} in ${(watchedMs / 1_000).toFixed(0)} s`,
      ]);
    }
    const columns = ['Cards', 'To verdict, p50', 'Slowest', 'Growth of p50', 'Longest task', 'Over 50 ms'];
    return [{ title: `Camera frame to verdict, ${scans} scans each`, columns, rows }];
  } finally {
    await browser.close();
    await server.dispose();
    await rm(folder, { recursive: true });
  }
}

/** A new desk, before whose camera the card comes and goes. */
async function watchScans(page: Page, scans: number): Promise<Watched & { times: number[] }> {
  await openDemoDesk(page);
  await chooseService(page);
  await page.locator('video').waitFor();
  await watch(page);
  const times: number[] = [];
  while (times.length < scans) {
    await page.keyboard.press('Escape');
    await verdict(page).getByText('Valmis').waitFor();
    times.push(await page.evaluate(() => scanWatch.next()));
  }
  return { times, ...(await page.evaluate(() => scanWatch.stop())) };
}

/** Of the page's tasks over 50 ms. */
interface Watched {
  longest: number;
  tasks: number;
  watchedMs: number;
}

interface ScanWatch {
  /** From the next first frame with a card to the verdict, ms. */
  next(): Promise<number>;
  stop(): Watched;
}

declare global {
  var scanWatch: ScanWatch;
}

/** Looks at the picture's centre in every frame: the film's table is dark, its card white. */
function watch(page: Page): Promise<void> {
  return page.evaluate(() => {
    const begun = performance.now();
    const tasks: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration);
    });
    observer.observe({ type: 'longtask' });
    const canvas = new OffscreenCanvas(1, 1);
    const picture = canvas.getContext('2d', { willReadFrequently: true });
    let shownSince: number | undefined;
    const isVerdict = () =>
      document.querySelector('[data-tone]')?.textContent.includes('Kortti käy') === true;
    const showsCard = (video: HTMLVideoElement) => {
      // A corner of the white card, where the code has no dark modules.
      picture?.drawImage(video, video.videoWidth * 0.32, video.videoHeight * 0.5, 2, 2, 0, 0, 1, 1);
      return (picture?.getImageData(0, 0, 1, 1).data[0] ?? 0) > 200;
    };
    const look = () => {
      const video = document.querySelector('video');
      if (video && showsCard(video)) shownSince ??= performance.now();
      else shownSince = undefined;
      if (video) video.requestVideoFrameCallback(look);
      else requestAnimationFrame(look);
    };
    look();
    globalThis.scanWatch = {
      next: () =>
        new Promise((resolve) => {
          const wait = () => {
            if (isVerdict() && shownSince !== undefined) resolve(performance.now() - shownSince);
            else requestAnimationFrame(wait);
          };
          wait();
        }),
      stop() {
        observer.disconnect();
        return { longest: Math.max(0, ...tasks), tasks: tasks.length, watchedMs: performance.now() - begun };
      },
    };
  });
}
