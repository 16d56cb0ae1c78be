import { firefox, webkit, type BrowserContext, type Page } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { windowSize, type EngineDriver, type EngineName } from './engine-driver';

export const playwrightEngines = { firefox, webkit } as const;

/** Playwright's own build of an engine. */
export async function startPlaywright(name: EngineName): Promise<EngineDriver> {
  const profile = await mkdtemp(path.join(tmpdir(), `tiski-${name}-`));
  const errors: string[] = [];

  async function start(): Promise<{ context: BrowserContext; page: Page }> {
    const options = { viewport: windowSize, locale: 'fi-FI', timezoneId: 'Europe/Helsinki' };
    const context = await playwrightEngines[name].launchPersistentContext(profile, options);
    const page = context.pages()[0] ?? (await context.newPage());
    context.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    context.on('weberror', (webError) => errors.push(webError.error().message));
    return { context, page };
  }
  let { context, page } = await start();

  return {
    version: `${name} ${context.browser()?.version() ?? ''}`,
    open: async (url) => void (await page.goto(url)),
    back: async () => void (await page.goBack()),
    read: (expression) => page.evaluate(expression),
    async click(element) {
      const found = (await page.evaluateHandle<Element>(element)).asElement();
      if (!found) throw new Error(`There is no ${element}.`);
      await found.click();
    },
    async press(keys) {
      for (const key of keys) await page.keyboard.press(key);
    },
    async restart() {
      await context.close();
      ({ context, page } = await start());
    },
    errors: () => errors,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
