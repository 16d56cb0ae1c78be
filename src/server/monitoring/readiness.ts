import { catalogueDatabase } from '$lib/documents/databases';
import type { CouchClient } from '../couch/client';
import { SharedLook } from './shared-look';

/** Why no traffic should come. */
export type NotReady = 'not-provisioned' | 'store-unreachable' | 'stopping';

/** How long the store may take to answer, ms. */
const patienceMs = 2_000;
const keepMs = 1_000;

/**
 * Whether the server may take traffic. A check costs the store one small request a second, however many ask.
 */
export class Readiness {
  #state: 'starting' | 'provisioned' | 'stopping' = 'starting';
  readonly #store: SharedLook<'there' | 'missing'>;

  constructor(client: CouchClient) {
    this.#store = new SharedLook(() => lookAtStore(client), { keepMs, patienceMs });
  }

  provisioned(): void {
    if (this.#state === 'starting') this.#state = 'provisioned';
  }

  stopping(): void {
    this.#state = 'stopping';
  }

  /** undefined if it is ready */
  async problem(): Promise<NotReady | undefined> {
    if (this.#state === 'stopping') return 'stopping';
    if (this.#state === 'starting') return 'not-provisioned';
    const store = await this.#store.get();
    if (store === undefined) return 'store-unreachable';
    return store === 'there' ? undefined : 'not-provisioned';
  }
}

async function lookAtStore(client: CouchClient): Promise<'there' | 'missing'> {
  const { status } = await client.request('GET', `/${catalogueDatabase}`);
  if (status === 200) return 'there';
  if (status === 404) return 'missing';
  throw new Error(`The store answered with ${status}.`);
}
