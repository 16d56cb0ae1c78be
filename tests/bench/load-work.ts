import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadDesk, Timed } from './load-desk';

/** What a desk asks of the server, over real HTTP; clients and server share this machine's cores. */

export const visitEveryMs = 3_000;

/** The server's answers while desks work; `until` ends them. */
export interface Tally {
  requests: number;
  pushes: number[];
  small: number[];
  failures: number;
  busy: number;
}
export const newTally = (): Tally => ({ requests: 0, pushes: [], small: [], failures: 0, busy: 0 });

/** Follows a database as a desk does: waits, then reads the epoch and the page after its cursor. */
export async function follow(
  desk: LoadDesk,
  database: string,
  until: AbortSignal,
  tally: Tally,
): Promise<void> {
  let since = 'now';
  while (!until.aborted) {
    try {
      const wait = `/${database}/_changes?feed=longpoll&limit=1&timeout=50000&since=${since}`;
      const first = answered(await desk.call('GET', wait, undefined, until));
      tally.requests += 3;
      answered(await desk.call('GET', `/${database}/_local/epoch`, undefined, until));
      const from = since === 'now' ? lastSeq(first) : since;
      const page = `/${database}/_changes?limit=1000&include_docs=true&since=${from}`;
      since = lastSeq(answered(await desk.call('GET', page)));
    } catch {
      if (until.aborted) return;
      tally.failures += 1;
      await sleep(1_000);
    }
  }
}

function answered(answer: Timed): Timed {
  if (answer.status !== 200) throw new Error(String(answer.status));
  return answer;
}

const lastSeq = ({ body }: Timed) => (body as { last_seq: string }).last_seq;

/** Logs a visit every few seconds, starting at a random point in that interval. */
export async function logVisits(desk: LoadDesk, until: AbortSignal, tally: Tally): Promise<void> {
  await sleep(Math.random() * visitEveryMs, undefined, { signal: until }).catch(() => undefined);
  while (!until.aborted) {
    const { ms, status } = await pushed(desk, desk.newVisits(1), tally);
    tally.requests += 1;
    if (status === 201) tally.pushes.push(ms);
    await sleep(visitEveryMs, undefined, { signal: until }).catch(() => undefined);
  }
}

/** S12: sends until the server accepts it; Retry-After is the shortest wait, plus jitter. */
export async function pushed(desk: LoadDesk, docs: object[], tally: Tally): Promise<Timed> {
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
export async function askSmall(desk: LoadDesk, until: AbortSignal, tally: Tally): Promise<void> {
  while (!until.aborted) {
    tally.small.push((await desk.call('GET', '/_session')).ms);
    await sleep(50);
  }
}
