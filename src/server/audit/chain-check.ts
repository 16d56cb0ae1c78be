import type { CouchClient } from '../couch/client';
import { verifyChain, type VerifiedChain } from './verify-chain';

/** How a check of the whole chain stands. */
export type ChainCheckState =
  | { state: 'none' }
  | { state: 'running'; checked: number }
  | ({ state: 'done'; at: string } & VerifiedChain)
  | { state: 'failed'; at: string };

/** Verifies the chain in the background: it takes a minute for a million entries, and only one runs at a time. */
export class ChainCheck {
  #state: ChainCheckState = { state: 'none' };

  constructor(
    private readonly client: CouchClient,
    private readonly now: () => Date,
  ) {}

  get state(): ChainCheckState {
    return this.#state;
  }

  /** Starts one, unless one is running. */
  start(): ChainCheckState {
    if (this.#state.state === 'running') return this.#state;
    this.#state = { state: 'running', checked: 0 };
    void verifyChain(this.client, undefined, (checked) => {
      this.#state = { state: 'running', checked };
    }).then(
      (result) => {
        this.#state = { state: 'done', at: this.now().toISOString(), ...result };
      },
      () => {
        this.#state = { state: 'failed', at: this.now().toISOString() };
      },
    );
    return this.#state;
  }
}
