import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { LoadDesk, type Timed } from './load-desk';
import { startLoadServer, type LoadServer } from './load-server';

/**
 * The embedded server under load, with real HTTP clients, as a city has them: desks that wait for changes of four
 * databases and log a visit now and then; and the morning after an outage, when all of them send what waits at once.
 * Clients and server share this machine's cores: the figures are lower bounds.
 */

const visitEveryMs = 3000;
const ordinaryMs = 15_000;
const waitedFor = ['tiski-visits-liikunta', 'tiski-visits-kulttuuri', 'tiski-register', 'tiski-catalogue'];

const quantile = (values: number[], share: number) =>
  values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
const round = (value: number) => (value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en'));
const times = (value: number, base: number) => `× ${(value / base).toFixed(2)}`;

async function inParallel<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}

/** What the server answers while desks work; `until` ends them. */
interface Tally {
  requests: number;
  pushes: number[];
  small: number[];
  failures: number;
  busy: number;
}
const newTally = (): Tally => ({ requests: 0, pushes: [], small: [], failures: 0, busy: 0 });

/** Follows a database as a desk does: waits, then reads the epoch and the page after its cursor. */
async function follow(desk: LoadDesk, database: string, until: AbortSignal, tally: Tally): Promise<void> {
  let since = 'now';
  while (!until.aborted) {
    try {
      const wait = `/${database}/_changes?feed=longpoll&limit=1&timeout=50000&since=${since}`;
      const first = await desk.call('GET', wait, undefined, until);
      tally.requests += 3;
      await desk.call('GET', `/${database}/_local/epoch`, undefined, until);
      const from = since === 'now' ? lastSeq(first) : since;
      const page = await desk.call('GET', `/${database}/_changes?limit=1000&include_docs=true&since=${from}`);
      since = lastSeq(page);
    } catch {
      if (!until.aborted) tally.failures += 1;
    }
  }
}

const lastSeq = ({ body }: Timed) => (body as { last_seq: string }).last_seq;

/** Logs a visit every few seconds, beginning anywhere in that time. */
async function logVisits(desk: LoadDesk, until: AbortSignal, tally: Tally): Promise<void> {
  await sleep(Math.random() * visitEveryMs, undefined, { signal: until }).catch(() => undefined);
  while (!until.aborted) {
    const { ms, status } = await pushed(desk, desk.newVisits(1), tally);
    tally.requests += 1;
    if (status === 201) tally.pushes.push(ms);
    await sleep(visitEveryMs, undefined, { signal: until }).catch(() => undefined);
  }
}

/** S12: sends until the server takes it; Retry-After is the least wait, with jitter above. */
async function pushed(desk: LoadDesk, docs: object[], tally: Tally): Promise<Timed> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await desk.call('POST', '/tiski-visits-liikunta/_bulk_docs', { docs });
    if (answer.status !== 503) {
      if (answer.status !== 201) tally.failures += 1;
      return answer;
    }
    tally.busy += 1;
    await sleep(answer.retryAfterMs + Math.random() * Math.min(60_000, 1000 * 2 ** attempt));
  }
}

/** Somebody who only asks who they are, again and again. */
async function askSmall(desk: LoadDesk, until: AbortSignal, tally: Tally): Promise<void> {
  while (!until.aborted) {
    tally.small.push((await desk.call('GET', '/_session')).ms);
    await sleep(50);
  }
}

async function ordinaryDay(server: LoadServer, count: number) {
  const desks = await inParallel(count, (index) => LoadDesk.open(server, index));
  const asker = await LoadDesk.open(server, 0);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const tally = newTally();
  await Promise.all(desks.map((desk) => desk.call('GET', '/_session')));
  const started = performance.now();
  const work = desks.flatMap((desk) => [
    ...waitedFor.map((database) => follow(desk, database, stop.signal, tally)),
    logVisits(desk, stop.signal, tally),
  ]);
  work.push(askSmall(asker, stop.signal, tally));
  await sleep(ordinaryMs);
  const memory = await server.memory();
  const seconds = (performance.now() - started) / 1000;
  stop.abort();
  await Promise.all(work);
  desks.forEach((desk) => desk.close());
  asker.close();
  return { ...tally, memory, perSecond: tally.requests / seconds };
}

export async function ordinaryDays(): Promise<void> {
  const server = await startLoadServer();
  try {
    console.log(`\nAn ordinary day: four long polls a desk, a visit every ${visitEveryMs / 1000} s`);
    console.log('Desks  Requests/s  Visit p50  p99 ms  Session p50  p99 ms     RSS MB   Growth  Failures');
    let base: number | undefined;
    for (const count of [20, 60, 200]) {
      const { perSecond, pushes, small, memory, failures } = await ordinaryDay(server, count);
      base ??= memory;
      const cells: [string, number][] = [
        [String(count), 5],
        [round(perSecond), 11],
        [round(quantile(pushes, 0.5)), 10],
        [round(quantile(pushes, 0.99)), 7],
        [round(quantile(small, 0.5)), 12],
        [round(quantile(small, 0.99)), 7],
        [round(memory), 10],
        [times(memory, base), 8],
        [String(failures), 9],
      ];
      console.log(cells.map(([text, width]) => text.padStart(width)).join(' '));
    }
  } finally {
    await server.stop();
  }
}

async function rush(count: number, visits: number) {
  const server = await startLoadServer();
  try {
    const desks = await inParallel(count, (index) => LoadDesk.open(server, index));
    const asker = await LoadDesk.open(server, count);
    const stop = new AbortController();
    const tally = newTally();
    await asker.call('GET', '/_session');
    const before = await server.memory();
    let peak = before;
    const started = performance.now();
    const asking = askSmall(asker, stop.signal, tally);
    const watching = (async () => {
      while (!stop.signal.aborted) {
        peak = Math.max(peak, await server.memory());
        await sleep(100);
      }
    })();
    await Promise.all(
      desks.map(async (desk) => {
        // S13: as a desk does, beginning with a little.
        for (let left = visits, batch = 50; left > 0; left -= batch, batch = Math.min(2 * batch, 200)) {
          await pushed(desk, desk.newVisits(Math.min(left, batch)), tally);
        }
      }),
    );
    const seconds = (performance.now() - started) / 1000;
    stop.abort();
    await Promise.all([asking, watching]);
    const info = await server.client.request('GET', '/tiski-visits-liikunta');
    // Less the design document.
    const stored = (info.body as { doc_count: number }).doc_count - 1;
    desks.forEach((desk) => desk.close());
    asker.close();
    return { ...tally, stored, seconds, before, peak };
  } finally {
    await server.stop();
  }
}

export async function morningRushes(): Promise<void> {
  console.log(
    '\nThe morning after an outage: 500 waiting visits a desk, in batches of 50, 100 and 200, all at once',
  );
  console.log(
    'Desks   Stored  of all  Visits/s  Told busy  Session p50  p99 ms  RSS before  Peak MB  Failures',
  );
  for (const count of [20, 60, 200]) {
    const { stored, seconds, busy, small, before, peak, failures } = await rush(count, 500);
    const cells: [string, number][] = [
      [String(count), 5],
      [round(stored), 8],
      [`${((stored / (count * 500)) * 100).toFixed(0)} %`, 7],
      [round(stored / seconds), 9],
      [String(busy), 10],
      [round(quantile(small, 0.5)), 12],
      [round(quantile(small, 0.99)), 7],
      [round(before), 11],
      [round(peak), 8],
      [String(failures), 9],
    ];
    console.log(cells.map(([text, width]) => text.padStart(width)).join(' '));
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await ordinaryDays();
  await morningRushes();
}
