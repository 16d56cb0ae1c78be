import { defineConfig } from '@playwright/test';
import { launchOptions } from './tests/setup/browser';

export default defineConfig({
  testDir: 'tests/e2e',
  globalSetup: './tests/setup/global-setup.ts',
  fullyParallel: true,
  forbidOnly: true,
  workers: 2,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  projects: [{ name: 'chromium' }],
  use: {
    browserName: 'chromium',
    locale: 'fi-FI',
    timezoneId: 'Europe/Helsinki',
    trace: 'retain-on-failure',
    launchOptions: launchOptions(),
  },
});
