import type { SubmissionKey } from '../../../src/lib/documents/submissions/submission';
import type { SubmissionsServer } from '../../../src/lib/remote/submissions-api';
import type { Outcome, RemoteFailure } from '../../../src/lib/sync/ports';
import type { Process, World } from '../world';
import type { OfficeServer } from './office-server';

/** What is wrong with the network, and who is signed in on the laptop. */
export interface Weather {
  isRough: boolean;
  account: 'aino' | 'veikko' | 'without the right' | undefined;
}

type Fate = 'deliver' | 'lose-request' | 'lose-answer' | 'double' | RemoteFailure;

const unreachable = { ok: false, failure: { kind: 'unreachable' } } as const;

function aFate({ random }: World, { isRough }: Weather): Fate {
  if (!isRough || random.next() < 0.5) return 'deliver';
  return random.pick<Fate>([
    ...(['lose-request', 'lose-answer', 'lose-answer', 'double', 'double'] as const),
    { kind: 'not-our-server' },
    { kind: 'server-error', status: 502 },
    { kind: 'busy', retryAfterMs: 5_000 },
  ]);
}

/** A process's way to the server: requests overtake one another, and go on without whoever sent them. */
export function lineOf(
  world: World,
  weather: Weather,
  server: OfficeServer,
  key: SubmissionKey,
  process: Process,
): SubmissionsServer {
  function travel<T>(what: string, serve: () => Promise<T | undefined>): Promise<Outcome<T>> {
    return new Promise((resolve) => {
      let isAnswered = false;
      const answer = (outcome: Outcome<T>) => {
        if (isAnswered || !process.isAlive) return;
        isAnswered = true;
        world.later(
          () => `← ${what}: ${outcome.ok ? JSON.stringify(outcome.value) : outcome.failure.kind}`,
          process,
          () => resolve(outcome),
        );
      };
      const arrive = (heard: (outcome: Outcome<T>) => void) =>
        world.later(
          () => `→ ${what}`,
          undefined,
          () => {
            const told = (value: T | undefined) =>
              heard(value === undefined ? unreachable : { ok: true, value });
            void serve().then(told);
          },
        );
      const fate = aFate(world, weather);
      if (typeof fate === 'object') return answer({ ok: false, failure: fate });
      if (fate === 'lose-request') return answer(unreachable);
      arrive(fate === 'lose-answer' ? () => undefined : answer);
      if (fate === 'double') arrive(() => undefined);
      if (fate === 'lose-answer') answer(unreachable);
    });
  }

  /** The cookie goes with the request: who is signed in when it leaves has sent it. */
  function travelSigned<T>(what: string, serve: (by: string) => Promise<T | undefined>): Promise<Outcome<T>> {
    const { account } = weather;
    if (account === undefined) return travel(what, async () => undefined).then(denied('signed-out'));
    if (account === 'without the right') return travel(what, async () => undefined).then(denied('forbidden'));
    return travel(`${what} as ${account}`, () => serve(account));
  }
  const denied = (kind: 'signed-out' | 'forbidden') => () => ({ ok: false, failure: { kind } }) as const;

  return {
    look: () => travel('look', async () => ({ epoch: server.people.epoch, key })),
    send: (submissions) =>
      travelSigned(`send ${submissions.map(({ id }) => id).join(' ')}`, (by) => server.send(submissions, by)),
    missing: (ids) => travelSigned(`missing ${ids.length}`, () => server.missing(ids)),
  };
}
