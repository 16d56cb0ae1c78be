import type { CouchAddress } from './remote-client';
import { busy, CouchFailure } from './failure';
import { isJsonObject } from './json';

/** How long a node that did not answer is left alone while others do, ms. */
const restMs = 10_000;

/**
 * Node.js's codes for a connection that was never established: nothing was sent, so another node may be
 * asked.
 */
const notConnected = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** A request in fetch's form, and with whose rights it is sent. */
export interface NodeRequest extends RequestInit {
  /** With the administrator's credentials from the node's address. */
  asAdministrator?: boolean;
  /** For short requests: a node that has not answered by then rests, and the next is asked, ms. */
  patienceMs?: number;
}

/**
 * The nodes of a CouchDB, one or several. The one that answered last is asked first, so that a client reads
 * its own writes from the same node. A node that can't be reached rests while another answers.
 */
export class CouchNodes {
  #served = 0;
  readonly #restsUntil: number[];

  constructor(
    private readonly addresses: readonly CouchAddress[],
    private readonly now: () => number = Date.now,
  ) {
    this.#restsUntil = addresses.map(() => 0);
  }

  /**
   * Sends a request to a node that answers. One that may have been stored is sent only once: its sender knows
   * what to do if no answer comes.
   * @throws {CouchFailure} 503 with Retry-After if none answers, or one says that too few do
   */
  async fetch(path: string, { asAdministrator, patienceMs, ...init }: NodeRequest = {}): Promise<Response> {
    const mayRepeat = ['GET', 'HEAD', undefined].includes(init.method);
    for (const index of this.#inTurn()) {
      const { origin, authorization } = this.addresses[index] as CouchAddress;
      const headers = new Headers(init.headers);
      if (asAdministrator === true && authorization !== undefined)
        headers.set('authorization', authorization);
      try {
        const signal = signalOf(init.signal, patienceMs);
        const response = await fetch(`${origin}${path}`, { ...init, headers, signal });
        this.#served = index;
        this.#restsUntil[index] = 0;
        return await withNodesUp(response);
      } catch (error) {
        if (error instanceof CouchFailure) throw error;
        // The requester has left, or this server stops: nobody's fault, and not the node's.
        if (init.signal?.aborted === true) throw busy('The server stops. Try later.');
        this.#restsUntil[index] = this.now() + restMs;
        if (!mayRepeat && !isNotConnected(error)) break;
      }
    }
    throw busy('The database server does not answer. Try later.');
  }

  /** The node that answered last, then the others; resting nodes come last. */
  #inTurn(): number[] {
    const order = this.addresses.map((_address, offset) => (this.#served + offset) % this.addresses.length);
    const rests = (index: number) => (this.#restsUntil[index] ?? 0) > this.now();
    return [...order.filter((index) => !rests(index)), ...order.filter(rests)];
  }
}

/** Aborts when the sender does, or when the time is up. */
function signalOf(
  sender: AbortSignal | null | undefined,
  patienceMs: number | undefined,
): AbortSignal | null {
  if (patienceMs === undefined) return sender ?? null;
  const patience = AbortSignal.timeout(patienceMs);
  return sender ? AbortSignal.any([sender, patience]) : patience;
}

function isNotConnected(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  if (cause instanceof AggregateError) return cause.errors.every((each) => notConnected.has(codeOf(each)));
  return notConnected.has(codeOf(cause));
}

const codeOf = (error: unknown) =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

/** A cluster that lacks nodes answers 412 `nodedown`: line trouble, not a refusal. */
async function withNodesUp(response: Response): Promise<Response> {
  if (response.status !== 412) return response;
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  if (isJsonObject(body) && body['error'] === 'nodedown') {
    throw busy('Too many nodes of the database are down. Try later.');
  }
  return response;
}
