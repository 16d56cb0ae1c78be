import { defineConfig } from '@playwright/test';
import { launchOptions } from './tests/setup/browser';

export default defineConfig({
  testDir: 'tests/e2e',
  globalSetup: './tests/setup/global-setup.ts',
  fullyParallel: true,
  forbidOnly: true,
  workers: 2,
  // CI machines are shared: a test that runs out of time is tried again, and reported as flaky.
  retries: process.env['CI'] ? 2 : 0,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  projects: [
    { name: 'chromium', testIgnore: 'engines.*' },
    { name: 'fetch-engines', testMatch: 'engines.setup.ts' },
    { name: 'engines', testMatch: 'engines.spec.ts', dependencies: ['fetch-engines'] },
  ],
  use: {
    browserName: 'chromium',
    locale: 'fi-FI',
    timezoneId: 'Europe/Helsinki',
    // A quarter of a run is tracing, and CI keeps no files.
    trace: process.env['CI'] ? 'off' : 'retain-on-failure',
    launchOptions: launchOptions(),
  },
});
