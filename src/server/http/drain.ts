import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** A client that doesn't read its answer is not waited for any longer. */
const patienceMs = 2000;

/**
 * When the app closes, lets current requests finish first. Then connections are cut, idle ones too: a browser
 * keeps them open for minutes.
 */
export function drainOnClose(app: FastifyInstance): void {
  let running = 0;
  let drained: () => void = () => undefined;
  app.addHook('onRequest', (_request, _reply, next) => {
    running += 1;
    next();
  });
  app.addHook('onResponse', (_request, _reply, next) => {
    running -= 1;
    if (running === 0) drained();
    next();
  });
  app.addHook('preClose', async () => {
    if (running === 0) return;
    const impatience = new AbortController();
    const allEnded = new Promise<void>((resolve) => (drained = resolve));
    await Promise.race([
      allEnded,
      delay(patienceMs, undefined, { signal: impatience.signal }).catch(() => undefined),
    ]);
    impatience.abort();
  });
}
