import type { Page } from '@playwright/test';

/**
 * Types as a scanner does, 5 ms per key by the events' own clock, however slow this machine is; "\n" is
 * Enter. `startedAt` is when the first key was pressed, in ms since 1970.
 */
export async function typeAsScanner(page: Page, text: string, startedAt = Date.now()): Promise<void> {
  const session = await page.context().newCDPSession(page);
  // Without releasing the keys, which nothing listens to: that halves the messages of a long code.
  const keys = [...text].map((character, index) => {
    const key =
      character === '\n' ? { key: 'Enter', code: 'Enter', text: '\r' } : { key: character, text: character };
    const timestamp = (startedAt + 5 * index) / 1000;
    return { type: 'keyDown', timestamp, ...key } as const;
  });
  await Promise.all(keys.map((key) => session.send('Input.dispatchKeyEvent', key)));
  await session.detach();
}

/** The page presses the keys itself: a text of thousands comes at once, which from outside takes a minute. */
export const typeWithinPage = (page: Page, text: string): Promise<void> =>
  page.evaluate((characters) => {
    for (const key of [...characters, 'Enter'])
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  }, text);
