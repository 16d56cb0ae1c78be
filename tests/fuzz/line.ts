import type { Outcome, PushAnswer, RemoteFailure } from '../../src/lib/sync/ports';
import type { Line, Request } from '../fake-server';
import type { Process, World } from './world';

/** What is wrong with the network and the server now. */
export interface Weather {
  isRough: boolean;
  isServerUp: boolean;
  /** Accounts whose password is not accepted now. */
  readonly signedOut: Set<string>;
  /** Documents on which the server fails, whatever comes with them (S13). */
  readonly poison: Set<string>;
  /** S8: a cluster whose nodes don't agree reports no epoch now and then, or another one in turn. */
  epochs: 'agreed' | 'missing' | 'two-in-turn';
  /** Requests that the server holds: it drops them when it dies. */
  readonly held: Set<() => void>;
}

export const fairWeather = (): Weather => ({
  isRough: false,
  isServerUp: true,
  signedOut: new Set(),
  poison: new Set(),
  epochs: 'agreed',
  held: new Set(),
});

type Fate =
  | 'deliver'
  /** It never arrives. */
  | 'lose-request'
  /** The server does it, maybe long after the desk has given up. */
  | 'lose-answer'
  /** It arrives twice, the second time at any time. */
  | 'double'
  /** The server dies over it: a part is stored, nobody gets the answer. */
  | 'cut-short'
  /** The answer covers only some documents, or could not read what is there. */
  | 'half-answer'
  | RemoteFailure;

const unreachable = { ok: false, failure: { kind: 'unreachable' } } as const;

function aFate({ random }: World, weather: Weather, account: string, { kind, ids }: Request): Fate {
  if (!weather.isServerUp) return 'lose-request';
  if (weather.signedOut.has(account)) return { kind: 'signed-out' };
  if (kind === 'push' && ids.some((id) => weather.poison.has(id)))
    return { kind: 'server-error', status: 500 };
  if (!weather.isRough || random.next() < 0.6) return 'deliver';
  return random.pick<Fate>([
    'lose-request',
    'lose-request',
    'lose-answer',
    'lose-answer',
    'double',
    'double',
    kind === 'push' ? 'cut-short' : 'lose-answer',
    kind === 'push' ? 'half-answer' : 'double',
    { kind: 'not-our-server' },
    { kind: 'server-error', status: 500 },
    { kind: 'server-error', status: 502 },
    { kind: 'busy' },
    { kind: 'busy', retryAfterMs: 120_000 },
    // A lone document that is too large would be refused, rightly.
    ids.length > 1 ? { kind: 'too-large' } : 'lose-answer',
  ]);
}

/**
 * A process's way to the server. Requests and answers travel as steps of the world, so they overtake one
 * another; a request continues without the process that sent it.
 */
export function lineOf(
  world: World,
  weather: Weather,
  { process, account, onAnswer }: { process: Process; account: string; onAnswer: () => unknown },
): Line {
  return <T>(request: Request, serve: (most?: number) => Outcome<T> | Promise<Outcome<T>>) =>
    new Promise<Outcome<T>>((resolve) => {
      const what = () => [request.kind, request.database, ...request.ids].join(' ');
      let isAnswered = false;
      const answer = (outcome: Outcome<T>) => {
        weather.held.delete(drop);
        if (isAnswered || !process.isAlive) return;
        isAnswered = true;
        world.later(
          () => `← ${what()}: ${tellOf(outcome)}`,
          process,
          async () => {
            if (outcome.ok && request.kind !== 'wait') await onAnswer();
            resolve(outcome);
          },
        );
      };
      const drop = () => answer(unreachable);
      const arrive = (heard: (outcome: Outcome<T>) => void, most?: number) =>
        world.later(
          () => `→ ${what()}`,
          undefined,
          () => {
            const told = (outcome: Outcome<T>) =>
              heard(request.kind === 'epoch' ? epochAsTold(world, weather, outcome) : outcome);
            const served = Promise.resolve(serve(most)).then(told);
            // A wait may be long: the world doesn't stand still for it.
            return request.kind === 'wait' ? undefined : served;
          },
        );

      const fate = aFate(world, weather, account, request);
      if (typeof fate === 'object') return answer({ ok: false, failure: fate });
      if (request.kind === 'wait') weather.held.add(drop);
      switch (fate) {
        case 'deliver':
          return arrive(answer);
        case 'lose-request':
          return drop();
        case 'lose-answer':
          arrive(() => undefined);
          return drop();
        case 'double':
          arrive(answer);
          return arrive(() => undefined);
        case 'cut-short':
          arrive(() => undefined, Math.floor(world.random.next() * request.ids.length));
          return drop();
        case 'half-answer':
          return arrive((outcome) => answer(halved(outcome)));
      }
    });
}

/** Another name for one and the same copy. */
const otherName = '~';
export const ownName = (epoch: string): string => epoch.replace(otherName, '');

function epochAsTold<T>({ random }: World, { epochs }: Weather, outcome: Outcome<T>): Outcome<T>;
function epochAsTold({ random }: World, { epochs }: Weather, outcome: Outcome<unknown>): Outcome<unknown> {
  if (!outcome.ok || epochs === 'agreed' || random.next() < 0.5) return outcome;
  return { ok: true, value: epochs === 'missing' ? undefined : `${String(outcome.value)}${otherName}` };
}

const tellOf = (outcome: Outcome<unknown>) =>
  outcome.ok ? JSON.stringify(outcome.value) : outcome.failure.kind;

function halved<T>(outcome: Outcome<T>): Outcome<T> {
  if (!outcome.ok || !Array.isArray(outcome.value)) return outcome;
  const answers: PushAnswer[] = outcome.value;
  answers.splice(Math.ceil(answers.length / 2));
  for (const answer of answers) if (answer.kind === 'exists') answer.body = 'unread';
  return outcome;
}
