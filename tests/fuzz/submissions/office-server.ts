import type { SentSubmission, SubmissionAnswer } from '../../../src/lib/documents/submissions/submission';
import { receive } from '../../../src/server/areas/submissions/receive';
import { whatIsStored } from '../../../src/server/areas/submissions/stored-submission';
import type { Take } from '../../../src/server/areas/submissions/take';
import type { CouchClient } from '../../../src/server/couch/client';
import type { OfficeKey } from '../../../src/server/keys/office-key';
import type { Process, World } from '../world';
import type { PeopleStore } from './people-store';

/** Two processes of the server over one store: between any two of its requests either may die. */
export class OfficeServer {
  /** Programs that compute now, and don't wait for a step of the world. */
  active = 0;
  hasKey = true;
  #processes: Process[] = ['server-1', 'server-2'].map((name) => ({ name, isAlive: true }));
  readonly #dropped = new Map<Process, Set<() => void>>();

  constructor(
    private readonly world: World,
    readonly people: PeopleStore,
    private readonly key: OfficeKey,
  ) {}

  /** A store is restored while nobody uses it. */
  killAll(): void {
    for (const process of [...this.#processes]) this.kill(process);
  }

  /** One of them ends in the middle of its work, and another takes its place. */
  kill(dead = this.world.random.pick(this.#processes)): void {
    this.world.kill(dead);
    for (const drop of this.#dropped.get(dead) ?? []) drop();
    this.#processes = this.#processes.map((each) => (each === dead ? { ...dead, isAlive: true } : each));
  }

  /** `undefined` if the server dies over it. */
  send(submissions: readonly SentSubmission[], by: string): Promise<SubmissionAnswer[] | undefined> {
    return this.#run(async (client) => {
      const answers: SubmissionAnswer[] = [];
      const keys = this.hasKey ? [this.key] : [];
      const receiving = {
        client,
        keys,
        by,
        rights: new Set(['referrer'] as const),
        takes: { referral: takeAsCase },
        now: () => new Date(this.world.now),
      };
      for (const each of submissions) answers.push(await receive(each, receiving));
      return answers;
    });
  }

  missing(ids: readonly string[]): Promise<string[] | undefined> {
    return this.#run(async (client) => {
      const known = await whatIsStored(client, ids);
      return ids.filter((id) => !known.has(id));
    });
  }

  /** Everything that computes has come to its next wait. */
  async settled(): Promise<void> {
    while (this.active > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  #run<T>(work: (client: CouchClient) => Promise<T>): Promise<T | undefined> {
    const process = this.world.random.pick(this.#processes);
    return new Promise((resolve) => {
      const drops = this.#dropped.get(process) ?? new Set<() => void>();
      this.#dropped.set(process, drops);
      const drop = () => {
        drops.delete(drop);
        resolve(undefined);
      };
      drops.add(drop);
      this.active += 1;
      void work(this.#clientOf(process)).then((value) => {
        this.active -= 1;
        drops.delete(drop);
        resolve(value);
      });
    });
  }

  #clientOf(process: Process): CouchClient {
    return {
      request: (method, path, body) => {
        this.active -= 1;
        const request = () => this.people.client.request(method, path, body);
        return this.world
          .call(() => `${method} ${path}`, process, request)
          .then((reply) => {
            this.active += 1;
            return reply;
          });
      },
    };
  }
}

/** As an area that makes cases of referrals: by the submission's id, so that one is made. */
const takeAsCase: Take<'referral'> = async (body, { client, id, author, by }) => {
  const made = { _id: `case:${id}`, type: 'case', body, author, by };
  await client.request('PUT', `/tiski-people/case:${id}`, made);
  return { kind: 'taken' };
};
