import { chromium, type BrowserContext, type LaunchOptions, type Page } from '@playwright/test';

export interface OpenOptions {
  /** The profile's folder: the same one again is the same device again. Default: a new device. */
  userDataDir?: string;
  /** An .mjpeg or .y4m file that the camera plays in a loop. Default: no camera. */
  video?: string;
  /** The base of relative addresses; default: the server. */
  baseURL?: string;
}

/** A whole browser with a profile on disk, as a device at a counter has it. */
export interface OpenedBrowser {
  context: BrowserContext;
  page: Page;
  userDataDir: string;
  close(): Promise<void>;
  /** Ends the browser's process at once, as a crash or a power cut does. */
  kill(): Promise<void>;
}

export async function openBrowser(
  userDataDir: string,
  launch: LaunchOptions & { baseURL: string; locale: string; timezoneId: string },
  video?: string,
): Promise<OpenedBrowser> {
  const camera = video
    ? [
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        `--use-file-for-fake-video-capture=${video}`,
      ]
    : [];
  const context = await chromium.launchPersistentContext(userDataDir, {
    ...launch,
    args: [...(launch.args ?? []), ...camera],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const processId = await browserProcessId(context);
  return {
    context,
    page,
    userDataDir,
    close: () => context.close(),
    async kill() {
      const closed = new Promise((resolve) => context.once('close', resolve));
      process.kill(processId, 'SIGKILL');
      await closed;
    },
  };
}

async function browserProcessId(context: BrowserContext): Promise<number> {
  const browser = context.browser();
  if (!browser) throw new Error('Playwright gives no browser for a persistent context.');
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const main = processInfo.find(({ type }) => type === 'browser');
  if (!main) throw new Error('Chromium names no process of its own.');
  await session.detach();
  return main.id;
}
