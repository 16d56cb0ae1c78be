import type { BrowserContext } from '@playwright/test';

/** What Chromium logs for every request that reaches no server. */
export const NETWORK_LOST =
  /net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|CONNECTION_CLOSED|EMPTY_RESPONSE|INTERNET_DISCONNECTED|INCOMPLETE_CHUNKED_ENCODING|SOCKET_NOT_CONNECTED|NETWORK_CHANGED)/;

/** What Firefox and WebKit log for them. */
export const NETWORK_LOST_ELSEWHERE =
  /NetworkError|Could not connect|Failed to load resource|NS_ERROR_(CONNECTION_REFUSED|NET_RESET)|status of 503/;

/** And for every request that reaches a server about to stop. */
export const SERVER_LEAVING = /status of 503/;

/** Collects console errors and uncaught exceptions of every page, except those that the test expects. */
export class ConsoleGuard {
  readonly #allowed: RegExp[] = [];
  readonly #seen: string[] = [];

  /** This test expects such lines, including earlier ones. */
  allow(pattern: RegExp): void {
    this.#allowed.push(pattern);
  }

  watch(context: BrowserContext): void {
    context.on('console', (message) => {
      if (message.type() === 'error') this.#seen.push(`${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (webError) => {
      const { name, message, stack } = webError.error();
      this.#seen.push(`${name}: ${message} ${stack ?? ''} (${webError.page()?.url() ?? ''})`);
    });
  }

  get unexpected(): string[] {
    return this.#seen.filter((line) => !this.#allowed.some((pattern) => pattern.test(line)));
  }
}
