import { expect } from 'vitest';
import { pairDevice } from '../../src/lib/app/pair-device';
import { createCouchServer } from '../../src/lib/remote/couch-server';
import type { ServerAddress } from '../../src/lib/remote/pairing';
import { checkVisit } from '../../src/lib/store/check-visit';
import { noteContact } from '../../src/lib/store/clock';
import type { Device } from '../../src/lib/store/device';
import { createLocalStore } from '../../src/lib/store/local-store';
import { logVisit } from '../../src/lib/store/log-visit';
import { listRefused, waitingCount } from '../../src/lib/store/outbox';
import type { RemoteDocument, SyncState } from '../../src/lib/sync/ports';
import { startSyncer, type Syncer } from '../../src/lib/sync/syncer';
import { aCard, cardNumber, ulidOf } from '../builders';
import { FakeTime } from '../fake-time';
import { anUnpairedDatabase, ordinaryCatalogue } from '../paired-database';

/** A server, the office over HTTP, and desks as devices have them: the real store and the real syncer. */

export const visits = 'tiski-visits-liikunta';

export interface Served {
  url: string;
  adminPassword: string;
}

export class Office {
  constructor(private readonly server: () => Served) {}

  async request(method: string, path: string, body?: unknown): Promise<unknown> {
    const { url, adminPassword } = this.server();
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: `Basic ${btoa(`administrator:${adminPassword}`)}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    expect(response.ok, `${method} ${path}: ${response.status} ${JSON.stringify(answer)}`).toBe(true);
    return answer;
  }

  /** The ordinary catalogue, and enough cards for every visit of a test. */
  async fillStore(count = 400): Promise<void> {
    cards = count;
    await this.write('tiski-catalogue', ordinaryCatalogue());
    const all = Array.from({ length: count }, (_, index) => aCard(cardNumber(index)));
    for (let from = 0; from < count; from += 500) {
      await this.write('tiski-register', all.slice(from, from + 500));
    }
  }

  write(database: string, docs: object[]): Promise<unknown> {
    return this.request('POST', `/couch/${database}/_bulk_docs`, { docs });
  }

  async read(database: string, id: string): Promise<RemoteDocument> {
    return (await this.request('GET', `/couch/${database}/${encodeURIComponent(id)}`)) as RemoteDocument;
  }

  async suspend(card: string): Promise<void> {
    const document = await this.read('tiski-register', `card:${card}`);
    await this.write('tiski-register', [{ ...document, status: 'suspended' }]);
  }

  /** Ids of the visits on the server, sorted. */
  async visits(): Promise<string[]> {
    const answer = await this.request('GET', `/couch/${visits}/_all_docs?startkey="visit:"&endkey="visit;"`);
    return (answer as { rows: { id: string }[] }).rows.map(({ id }) => id).sort();
  }

  async addDesk(name: string): Promise<string> {
    return ((await this.request('POST', '/api/desks', { name, venue: 'uimahalli' })) as { code: string })
      .code;
  }
}

let cards = 400;
/** What a desk has logged so far, across all desks of this file: each visit has a card of its own. */
let used = 0;

export class Desk {
  /** How much the device's clock is off, ms. */
  clockOffMs = 0;
  /** Ids of the visits that the device reported as logged. */
  readonly logged: string[] = [];
  readonly states: SyncState[] = [];
  #device: Device | undefined;
  #syncer: Syncer | undefined;

  /** Pauses are advanced by hand; the clock's time is real, like the server's. */
  readonly time = new FakeTime();
  readonly db = anUnpairedDatabase();
  readonly now = () => Date.now() + this.clockOffMs;

  private constructor(private readonly line: string) {}

  /** Pairs a new device over a line. */
  static async pair(office: Office, line: string, name: string, clockOffMs = 0): Promise<Desk> {
    const desk = new Desk(line);
    desk.clockOffMs = clockOffMs;
    await desk.pairWith(await office.addDesk(name));
    return desk;
  }

  async pairWith(code: string): Promise<void> {
    const paired = await pairDevice(this.db, this.#server(), code, () => crypto.randomUUID());
    if (!paired.ok) throw new Error(paired.failure.kind);
    this.#device = paired.value;
  }

  /** Who the device is. */
  get device(): Device {
    if (!this.#device) throw new Error('This device is not paired.');
    return this.#device;
  }

  #server(): ServerAddress {
    return {
      couchUrl: `${this.line}/couch`,
      apiUrl: `${this.line}/api`,
      now: this.now,
      clockMark: this.db.clockMark,
      onContact: (contact) => {
        noteContact(this.db, contact).catch(() => undefined);
      },
    };
  }

  /** Syncs from now on, as the desk that the device is. */
  async start(): Promise<Syncer> {
    this.#syncer = await startSyncer({
      server: createCouchServer(this.#server(), this.device.account),
      store: createLocalStore(this.db, this.now),
      timing: { now: this.now, sleep: this.time.sleep, random: this.time.random },
      sessionEpoch: 'session',
      onState: (state) => this.states.push(state),
    });
    return this.#syncer;
  }

  async stop(): Promise<void> {
    await this.#syncer?.stop();
  }

  /** Logs visits with cards that had none yet. */
  async log(count = 1): Promise<void> {
    for (let index = 0; index < count; index++) {
      const deviceNow = this.now();
      const question = { text: cardNumber(used++ % cards), service: 'swim' };
      const check = await checkVisit(this.db, question, deviceNow);
      const result = await logVisit(this.db, check, { deviceNow, randomId: () => ulidOf(used) });
      if (result.kind !== 'logged') throw new Error(result.kind);
      this.logged.push(result.visitId);
    }
  }

  /** Advances the device's pauses until something holds, however long the network takes. */
  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let turn = 0; turn < 1_000; turn++) {
      if (await holds()) return;
      await this.time.pass(1_000);
      // The network takes real time: on a busy machine longer than all these turns.
      if (turn > 50) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`Not within a thousand seconds: ${what}. ${JSON.stringify(this.states.at(-1))}`);
  }

  async untilInSync(): Promise<void> {
    await this.until('in sync', async () => {
      return this.states.at(-1)?.phase === 'in-sync' && (await waitingCount(this.db)) === 0;
    });
    expect(await listRefused(this.db)).toEqual([]);
  }

  /** S3: the logged visits that have left the outbox: the server must have them. */
  async acknowledged(): Promise<string[]> {
    const rows = await this.db.outbox.bulkGet(this.logged);
    return this.logged.filter((_, index) => rows[index] === undefined);
  }

  waiting(): Promise<number> {
    return waitingCount(this.db);
  }
}

/**
 * Nothing lost, nothing twice, nothing invented: the server has exactly what the desks reported as logged.
 */
export async function expectEachOnce(office: Office, desks: readonly Desk[]): Promise<void> {
  const logged = desks.flatMap((desk) => desk.logged).sort();
  expect(await office.visits()).toEqual(logged);
  // Written once: a second write would have been another revision.
  const answer = await office.request('GET', `/couch/${visits}/_changes`);
  const { results } = answer as { results: { id: string; changes: { rev: string }[] }[] };
  const revisions = results.filter(({ id }) => id.startsWith('visit:')).flatMap(({ changes }) => changes);
  expect(revisions).toHaveLength(logged.length);
  expect(revisions.filter(({ rev }) => !rev.startsWith('1-'))).toEqual([]);
}
