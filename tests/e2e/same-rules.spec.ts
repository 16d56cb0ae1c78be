import { expect, test } from '@playwright/test';
import path from 'node:path';
import { build } from 'vite';
import type * as Rights from './harness/rights';

/**
 * decideVisit with all of rights.json, as one script. Node.js runs the same cases in decide-visit.test.ts.
 */
async function bundleOfRights(): Promise<string> {
  const project = path.resolve(import.meta.dirname, '../..');
  const built = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { alias: { $lib: path.join(project, 'src/lib') } },
    build: {
      write: false,
      target: 'es2023',
      lib: { entry: path.join(import.meta.dirname, 'harness/rights.ts'), formats: ['iife'], name: 'Rights' },
    },
  });
  const [bundle] = Array.isArray(built) ? built : [built];
  const chunk = bundle && 'output' in bundle ? bundle.output[0] : undefined;
  return chunk?.code ?? '';
}

test('R1–R14 a device decides every case as the server does, whatever its time zone', async ({ browser }) => {
  const content = await bundleOfRights();
  for (const timezoneId of ['Europe/Helsinki', 'America/New_York', 'Pacific/Apia']) {
    const page = await browser.newPage({ timezoneId });
    await page.addScriptTag({ content });
    const { count, differing } = await page.evaluate(() =>
      (window as unknown as { Rights: typeof Rights }).Rights.decideAll(),
    );
    expect(differing, timezoneId).toEqual([]);
    expect(count, timezoneId).toBeGreaterThanOrEqual(150);
    await page.close();
  }
});
