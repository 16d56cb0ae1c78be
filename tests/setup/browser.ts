import type { LaunchOptions } from '@playwright/test';

/** Set by the global set-up: the Chromium to use; empty for Playwright's own. */
export const BROWSER_VARIABLE = 'TISKI_TEST_BROWSER';

const QUIET_FLAGS = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

/**
 * How every test starts Chromium: the browser itself, not Playwright's headless shell, which doesn't support
 * a denied camera. The sandbox doesn't work for root.
 */
export function launchOptions(executablePath = process.env[BROWSER_VARIABLE]): LaunchOptions {
  return {
    args: process.getuid?.() === 0 ? [...QUIET_FLAGS, '--no-sandbox'] : QUIET_FLAGS,
    ...(executablePath ? { executablePath } : { channel: 'chromium' }),
  };
}
