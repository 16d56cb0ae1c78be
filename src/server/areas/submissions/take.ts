import type { PersonRole } from '$lib/documents/roles';
import type { BodyOf, Kind } from '$lib/documents/submissions/kinds';
import type { CouchClient } from '../../couch/client';
import type { Refused } from './stored-submission';

/** Who and when, of a submission that is taken. */
export interface TakeContext {
  client: CouchClient;
  /** The submission's ULID: what is made from it has an id made from this one. */
  id: string;
  /** The device's time, and the server's: ISO instants. */
  at: string;
  receivedAt: string;
  /** The account that sent it, whose right was checked. */
  by: string;
  /** Of the account that sends now. */
  rights: ReadonlySet<PersonRole>;
  /** Whose account made it, as the device says; another one than `by` on a shared laptop (S21). */
  author?: string;
}

export type Taken =
  /** What it is about is stored elsewhere now, and the submission keeps no body. */
  | { kind: 'taken' }
  /** It waits in its own document, opened. */
  | { kind: 'kept' }
  | ({ kind: 'refused' } & Refused);

/**
 * What the server does with a kind. It may be called again for the same submission, by several servers at
 * once, and after a crash at any point: by then it may have happened, and happens once (S20).
 */
export type Take<K extends Kind> = (body: BodyOf<K>, context: TakeContext) => Promise<Taken>;

export type Takes = { [K in Kind]: Take<K> };
