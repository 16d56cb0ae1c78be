import type { FastifyReply } from 'fastify';

/** The current requests, so that waiting ones can be ended when the server stops. */
export class OpenRequests {
  readonly #open = new Set<AbortController>();
  readonly #held = new Set<AbortController>();
  #isStopped = false;

  /** How many there are. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * A signal that aborts when the client leaves before its answer, or the server stops.
   * @param isHeld waits for something that may not come; any other request is allowed to finish (drain.ts)
   */
  leaveSignal(reply: FastifyReply, isHeld = true): AbortSignal {
    const left = new AbortController();
    if (isHeld) this.#held.add(left);
    if (isHeld && this.#isStopped) left.abort();
    // Not AbortSignal.any with one signal for all: that would keep a trace of every request ever made.
    this.#open.add(left);
    reply.raw.once('close', () => {
      this.#open.delete(left);
      this.#held.delete(left);
      left.abort();
    });
    return left.signal;
  }

  stop(): void {
    this.#isStopped = true;
    for (const request of this.#held) request.abort();
  }
}
