import * as v from 'valibot';
import { storeDocument, UnexpectedCouchReply, type CouchClient } from '../couch/client';
import { leaseDocument, leaseId, leasePath, type LeasedWork } from './lease-document';

/** Whether this process should do the work now. */
export interface Lease {
  isHeld(): boolean;
}

/** For the only process that has an embedded store. */
export const unshared: Lease = { isHeld: () => true };

/** How long a killed holder keeps the lease, ms. */
const usualTermMs = 5 * 60_000;

export interface LeaseSettings {
  client: CouchClient;
  work: LeasedWork;
  /** Identifies this process alone. */
  holder: string;
  termMs?: number;
  now: () => Date;
  /** A clock that nobody sets, ms. */
  monotonic?: () => number;
  onFault: (error: unknown) => void;
}

/**
 * Lets one of several servers over a CouchDB do work that they all could do. It saves work and is not needed
 * for safety: during a pause or over a divided cluster two may hold it, and what they do twice does no harm.
 * Servers' clocks differ, so whoever wants it measures by its own how long the document has not changed; the
 * holder stops by its own clock before that.
 */
export class SharedLease implements Lease {
  readonly #termMs: number;
  readonly #monotonic: () => number;
  #heldUntil = -Infinity;
  /** The revision that was last seen there, and since when. */
  #seen: { rev: string; at: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(private readonly settings: LeaseSettings) {
    this.#termMs = settings.termMs ?? usualTermMs;
    this.#monotonic = settings.monotonic ?? (() => performance.now());
  }

  isHeld = (): boolean => this.#monotonic() < this.#heldUntil;

  /** Starts to ask for it; returns a function that stops and gives it back. */
  async start(): Promise<() => Promise<void>> {
    const later = () => {
      if (!this.#isStopped) this.#timer = setTimeout(again, this.#termMs / 3).unref();
    };
    const again = () => {
      this.#running = this.round().then(later);
    };
    await this.round();
    later();
    return async () => {
      this.#isStopped = true;
      clearTimeout(this.#timer);
      await this.#running;
      if (this.isHeld()) await this.#orTell(() => this.#giveBack());
    };
  }

  /** Renews it, or takes it if nobody holds it any more. Never rejects. */
  round(): Promise<void> {
    return this.#orTell(async () => {
      const stored = await this.#read();
      const { holder } = this.settings;
      if (stored?.rev !== this.#seen?.rev) {
        this.#seen = stored && { rev: stored.rev, at: this.#monotonic() };
      }
      const isFree = stored === undefined || stored.holder === '' || stored.holder === holder;
      if (isFree || this.#monotonic() - (this.#seen?.at ?? 0) >= this.#termMs) await this.#write(stored?.rev);
      else this.#heldUntil = -Infinity;
    });
  }

  async #write(rev: string | undefined): Promise<void> {
    const from = this.#monotonic();
    const { client, work, holder, now } = this.settings;
    const until = new Date(now().getTime() + this.#termMs).toISOString();
    const document = { _id: leaseId(work), type: 'lease', v: 1, holder, until };
    const body = rev === undefined ? document : { ...document, _rev: rev };
    const isStored = (await storeDocument(client, leasePath(work), body)) === 'stored';
    this.#heldUntil = isStored ? from + this.#termMs : -Infinity;
  }

  async #giveBack(): Promise<void> {
    this.#heldUntil = -Infinity;
    const stored = await this.#read();
    const { client, work, holder, now } = this.settings;
    if (stored?.holder !== holder) return;
    const document = { type: 'lease', v: 1, holder: '', until: now().toISOString(), _rev: stored.rev };
    await storeDocument(client, leasePath(work), document);
  }

  /** undefined if there is none; one that can't be read is waited for like another's. */
  async #read(): Promise<{ rev: string; holder: string } | undefined> {
    const path = leasePath(this.settings.work);
    const reply = await this.settings.client.request('GET', path);
    if (reply.status === 404) return undefined;
    if (reply.status !== 200) throw new UnexpectedCouchReply('GET', path, reply);
    const { _rev: rev } = v.parse(v.object({ _rev: v.string() }), reply.body);
    const parsed = v.safeParse(leaseDocument, reply.body);
    return { rev, holder: parsed.success ? parsed.output.holder : 'unreadable' };
  }

  async #orTell(run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      // A lease that was held is kept until its end.
      this.settings.onFault(error);
    }
  }
}
