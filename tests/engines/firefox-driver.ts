import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import puppeteer, { type Browser, type ElementHandle, type KeyInput, type Page } from 'puppeteer-core';
import { windowSize, type EngineDriver } from './engine-driver';

/** A Firefox as the distribution builds it, over WebDriver BiDi. */
export async function startFirefox(executablePath: string): Promise<EngineDriver> {
  const profile = await mkdtemp(path.join(tmpdir(), 'tiski-firefox-'));
  const errors: string[] = [];

  async function start(): Promise<{ browser: Browser; page: Page }> {
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath,
      headless: true,
      userDataDir: profile,
      defaultViewport: windowSize,
      env: { ...process.env, TZ: 'Europe/Helsinki' },
      extraPrefsFirefox: { 'intl.accept_languages': 'fi-FI' },
    });
    const page = (await browser.pages())[0] ?? (await browser.newPage());
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(`${message.text()} (${message.location().url ?? ''})`);
    });
    page.on('pageerror', (error) => errors.push(error instanceof Error ? error.message : String(error)));
    return { browser, page };
  }
  let { browser, page } = await start();

  return {
    version: await browser.version(),
    open: async (url) => void (await page.goto(url)),
    back: async () => void (await page.goBack()),
    read: (expression) => page.evaluate(expression),
    async click(element) {
      const found = (await page.evaluateHandle(element)).asElement() as ElementHandle<Element> | null;
      if (!found) throw new Error(`There is no ${element}.`);
      await found.click();
    },
    async press(keys) {
      for (const key of keys) await page.keyboard.press(key as KeyInput);
    },
    async restart() {
      await browser.close();
      ({ browser, page } = await start());
    },
    errors: () => errors,
    async close() {
      await browser.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
