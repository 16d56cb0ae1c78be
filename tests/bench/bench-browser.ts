import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from '@playwright/test';
import { launchOptions } from '../setup/browser';

/** tsx names functions through a helper, which a function that is sent to a page must find there too. */
export const nameFunctions = (context: BrowserContext) =>
  context.addInitScript('globalThis.__name = (value) => value');

/** The tests' browser, with a bench's own flags. */
export function launchBrowser(...flags: string[]): Promise<Browser> {
  const options = launchOptions();
  return chromium.launch({ ...options, args: [...(options.args ?? []), ...flags] });
}

/** A separate device with an empty cache, in Finnish and in Finland. */
export async function openDevice(
  browser: Browser,
  options: BrowserContextOptions & { baseURL: string },
): Promise<BrowserContext> {
  const here = { locale: 'fi-FI', timezoneId: 'Europe/Helsinki' };
  const context = await browser.newContext({ ...here, ...options });
  await nameFunctions(context);
  return context;
}
