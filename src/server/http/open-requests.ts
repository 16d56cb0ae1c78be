import type { FastifyReply } from 'fastify';

/** The requests that are under way, so that those that wait for something can be ended. */
export class OpenRequests {
  readonly #open = new Set<AbortController>();
  #isStopped = false;

  /** How many there are. */
  get size(): number {
    return this.#open.size;
  }

  /** A signal that aborts when the client leaves before its answer, or the server stops. */
  leaveSignal(reply: FastifyReply): AbortSignal {
    const left = new AbortController();
    if (this.#isStopped) left.abort();
    // Not AbortSignal.any with one signal for all: that would keep a trace of every request there ever was.
    this.#open.add(left);
    reply.raw.once('close', () => {
      this.#open.delete(left);
      left.abort();
    });
    return left.signal;
  }

  stop(): void {
    this.#isStopped = true;
    for (const request of this.#open) request.abort();
  }
}
