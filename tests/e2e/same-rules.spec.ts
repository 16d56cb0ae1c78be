import { expect, test } from '@playwright/test';
import path from 'node:path';
import { build } from 'vite';
import type * as Rights from './harness/rights';

/** decideVisit with all of rights.json, as one script. Node runs the same cases in decide-visit.test.ts. */
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

for (const timezoneId of ['Europe/Helsinki', 'America/New_York', 'Pacific/Apia']) {
  test.describe(() => {
    test.use({ timezoneId });
    test(`R1–R14 a device in ${timezoneId} decides every case as the server does`, async ({ page }) => {
      await page.addScriptTag({ content: await bundleOfRights() });
      const { count, differing } = await page.evaluate(() =>
        (window as unknown as { Rights: typeof Rights }).Rights.decideAll(),
      );
      expect(differing).toEqual([]);
      expect(count).toBeGreaterThanOrEqual(150);
    });
  });
}
