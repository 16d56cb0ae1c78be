import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { isJsonObject } from '../couch/json';
import type { SnapshotAge } from '../snapshot/keep-snapshot';
import type { DeskFigures } from './desk-figures';
import type { RequestLabels } from './route-label';
import { SharedLook } from './shared-look';

/** Seconds. What is above the last bound makes people wait. */
const durationBounds = [0.05, 0.25, 1, 5];

const lookTimes = { keepMs: 5_000, patienceMs: 2_000 };

export interface MetricsSources {
  /** Asks the store. */
  desks: () => Promise<DeskFigures>;
  /** The result of the register's last check; asks nobody. */
  register: () => SnapshotAge | undefined;
}

/** What Prometheus gets. The figures from the store are cached for a few seconds, whoever asks. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = this.#add(
    new Histogram({
      name: 'tiski_http_request_duration_seconds',
      help: 'Requests by route, method and class of status',
      labelNames: ['route', 'method', 'status'],
      buckets: durationBounds,
      registers: [],
    }),
  );
  readonly #visits = this.#add(
    new Counter({
      name: 'tiski_visit_documents_total',
      help: 'Documents of logs that desks sent in batches: stored, there already, or refused',
      labelNames: ['outcome'],
      registers: [],
    }),
  );
  readonly #storeUp = this.#gauge('tiski_store_up', 'Whether the store answered in time for these figures');
  readonly #contact = this.#gauge(
    'tiski_desks',
    'Desks in use by the age of their last contact, each in the first age that it fits',
    ['last_contact'],
  );
  readonly #deskVisits = this.#gauge(
    'tiski_desk_visits',
    'Visits that desks report holding: waiting, refused, or unreadable (quarantined)',
    ['state'],
  );
  readonly #oldest = this.#gauge(
    'tiski_desk_visits_oldest_waiting_seconds',
    'Age of the visit that waits longest at a desk, by its last report',
  );
  readonly #register = this.#gauge('tiski_register_documents', 'Documents of the register at the last look');
  readonly #unpacked = this.#gauge(
    'tiski_register_unpacked_changes',
    'Changes of the register that the packed one does not have',
  );
  readonly #look: SharedLook<DeskFigures>;

  constructor(private readonly sources: MetricsSources) {
    this.#look = new SharedLook(sources.desks, lookTimes);
    for (const outcome of ['stored', 'conflict', 'refused']) this.#visits.inc({ outcome }, 0);
  }

  countRequest({ route, method }: RequestLabels, status: number, ms: number): void {
    this.#requests.observe({ route, method, status: `${Math.floor(status / 100)}xx` }, ms / 1000);
  }

  /** @param rows the answer to a log's `_bulk_docs` */
  countVisits(rows: unknown): void {
    if (!Array.isArray(rows)) return;
    for (const row of rows as unknown[]) {
      if (isJsonObject(row)) this.#visits.inc({ outcome: outcomeOf(row['error']) });
    }
  }

  /** In Prometheus's text format. */
  async text(): Promise<{ contentType: string; body: string }> {
    this.#tellDesks(await this.#look.get());
    this.#tellRegister(this.sources.register());
    const all = Registry.merge([processMetrics(), this.#registry]);
    return { contentType: all.contentType, body: await all.metrics() };
  }

  /** Figures that aren't available are left out: old ones would look like new ones. */
  #tellDesks(figures: DeskFigures | undefined): void {
    this.#storeUp.set(figures === undefined ? 0 : 1);
    this.#contact.reset();
    this.#deskVisits.reset();
    this.#oldest.remove();
    if (figures === undefined) return;
    for (const [age, count] of Object.entries(figures.contact)) {
      this.#contact.set({ last_contact: age }, count);
    }
    const { waiting, refused, quarantined } = figures;
    for (const [state, count] of Object.entries({ waiting, refused, quarantined })) {
      this.#deskVisits.set({ state }, count);
    }
    this.#oldest.set(figures.oldestWaitingSeconds);
  }

  #tellRegister(age: SnapshotAge | undefined): void {
    if (age === undefined) {
      this.#register.remove();
      this.#unpacked.remove();
      return;
    }
    this.#register.set(age.documents);
    this.#unpacked.set(age.changes);
  }

  #gauge(name: string, help: string, labelNames: string[] = []): Gauge {
    return this.#add(new Gauge({ name, help, labelNames, registers: [] }));
  }

  #add<M extends Gauge | Counter | Histogram>(metric: M): M {
    this.#registry.registerMetric(metric);
    return metric;
  }
}

function outcomeOf(error: unknown): 'stored' | 'conflict' | 'refused' {
  if (error === undefined) return 'stored';
  return error === 'conflict' ? 'conflict' : 'refused';
}

let ofProcess: Registry | undefined;

/**
 * Memory and event loop: measured once, for all servers in the process, because their observers can't be
 * stopped.
 */
function processMetrics(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}
