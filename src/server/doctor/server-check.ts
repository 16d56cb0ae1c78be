import * as v from 'valibot';
import { ask, failureCode, jsonIn } from './ask';
import type { ClockReading } from './clock-check';
import { findingsOf, type Finding } from './finding';
import { isLoopback } from './settings-check';

const { good, warning, bad, notChecked } = findingsOf('server');

const health = v.object({
  status: v.picklist(['ok', 'failing']),
  version: v.string(),
  store: v.picklist(['embedded', 'couchdb']),
  demo: v.boolean(),
});
export type Health = v.InferOutput<typeof health>;

/** Result of asking an address for /api/health. */
export type ServerAnswer =
  | { kind: 'tiski'; health: Health; clock: ClockReading }
  /** It is a Tiski that does not answer to this name. */
  | { kind: 'wrong-host' }
  | { kind: 'other'; status: number }
  | { kind: 'silent'; code: string };

/** @param origin without a trailing slash */
export async function askHealth(origin: string): Promise<ServerAnswer> {
  const askedAt = Date.now();
  try {
    const answer = await ask(`${origin}/api/health`);
    const answeredAt = Date.now();
    if (answer.status === 421) return { kind: 'wrong-host' };
    const parsed = v.safeParse(health, jsonIn(answer));
    if (!parsed.success) return { kind: 'other', status: answer.status };
    const isHere = isLoopback(new URL(origin).hostname);
    const clock = { name: origin, date: answer.headers.date, askedAt, answeredAt, isHere };
    return { kind: 'tiski', health: parsed.output, clock };
  } catch (error) {
    return { kind: 'silent', code: failureCode(error) };
  }
}

export interface ServerExpected {
  origin: string;
  /** Whether one has to be running there: its address was given, or its folder is in use. */
  isExpected: boolean;
  /** Of this program. */
  version: string;
}

export function serverFindings(answer: ServerAnswer, expected: ServerExpected): Finding[] {
  const { origin, isExpected, version } = expected;
  switch (answer.kind) {
    case 'silent':
      return isExpected
        ? [
            bad(
              `No server answers at ${origin} (${answer.code}).`,
              'Start it, or give its address with --url or --port.',
            ),
          ]
        : [notChecked(`No server answers at ${origin}: it is stopped, or elsewhere (--url).`)];
    case 'wrong-host': {
      const name = new URL(origin).hostname;
      return [bad(`The server does not answer as ${name} (421).`, `Add ${name} to its TISKI_HOSTS.`)];
    }
    case 'other': {
      const says = `What answers at ${origin} is not a Tiski (status ${answer.status}).`;
      const todo = 'Look at the address, and at where the proxy sends /api/ to.';
      return [isExpected ? bad(says, todo) : notChecked(says, 'Give the address of the server with --url.')];
    }
    case 'tiski':
      return [healthFinding(answer.health, origin), ...versionFindings(answer.health, version)];
  }
}

function healthFinding({ status, store }: Health, origin: string): Finding {
  if (status === 'ok') return good(`The server at ${origin} answers and reaches its store.`);
  const todo =
    store === 'couchdb'
      ? 'See whether the CouchDB of its COUCHDB_URL runs, and what the log says.'
      : 'See its disk and its log; then start it again.';
  return bad(`The server at ${origin} does not reach its store.`, todo);
}

function versionFindings({ version: running }: Health, version: string): Finding[] {
  if (running === version) return [];
  return [
    warning(`The server runs version ${running}; here is ${version}.`, 'Start it again after an update.'),
  ];
}
