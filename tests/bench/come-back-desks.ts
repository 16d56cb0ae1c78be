import { Agent, request as httpRequest } from 'node:http';
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a desk that got no answer waits, ms. */
const againMs = 500;

export interface ComeBack {
  /** Until the last of them had all their answers. */
  ms: number;
  /** Until half of them had. */
  medianMs: number;
  /** Answers that said to come again, and broken lines. */
  again: number;
  /** Answers that called a right password wrong: a CouchDB with too much to do. */
  refused: number;
}

/** A desk with its address and its credentials. */
export interface BenchDesk {
  name: string;
  authorization: string;
}

/**
 * Every desk makes four requests at once, as after an outage: who it is, a database's state, its changes, and
 * storing a document. Each is repeated until it is answered; 503 and 429 say when.
 * @param base where CouchDB's API begins
 * @throws if a desk gets an answer that no outage explains
 */
export async function comeBack(
  base: string,
  database: string,
  desks: readonly BenchDesk[],
  round: string,
): Promise<ComeBack> {
  const begun = performance.now();
  const tally = { again: 0, refused: 0 };
  const served = await Promise.all(
    desks.map(async ({ name, authorization }) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 4 });
      const document = { _id: `${round}-${name}`, at: 'a desk' };
      const asked: [string, string, object?][] = [
        ['GET', '/_session'],
        ['GET', `/${database}`],
        ['GET', `/${database}/_changes?limit=100&include_docs=true`],
        ['POST', `/${database}/_bulk_docs`, { docs: [document] }],
      ];
      await Promise.all(
        asked.map(([method, path, body]) =>
          untilServed(() => ask(`${base}${path}`, { method, authorization, agent, body }), tally),
        ),
      );
      agent.destroy();
      return performance.now() - begun;
    }),
  );
  const inOrder = served.sort((a, b) => a - b);
  return {
    ms: inOrder.at(-1) ?? 0,
    medianMs: inOrder[Math.floor(inOrder.length / 2)] ?? 0,
    ...tally,
  };
}

interface Answer {
  status: number;
  retryAfterMs: number;
}

async function untilServed(
  asking: () => Promise<Answer | undefined>,
  tally: Pick<ComeBack, 'again' | 'refused'>,
): Promise<void> {
  for (;;) {
    const answer = await asking();
    if (answer !== undefined && answer.status < 300) return;
    if (answer !== undefined && answer.status < 500 && ![401, 403, 408, 429].includes(answer.status)) {
      throw new Error(`A desk was answered with ${answer.status}.`);
    }
    if (answer?.status === 401 || answer?.status === 403) tally.refused += 1;
    else tally.again += 1;
    const least = answer?.retryAfterMs ?? 0;
    await sleep(Math.max(least, againMs) + randomInt(1000));
  }
}

/** undefined if the line breaks. */
function ask(
  url: string,
  {
    method,
    authorization,
    agent,
    body,
  }: { method: string; authorization: string; agent: Agent; body?: object | undefined },
): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = {
      authorization,
      ...(text !== '' && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    };
    const sent = httpRequest(url, { method, headers, agent }, (response) => {
      response.resume();
      response.on('error', () => resolve(undefined));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          retryAfterMs: Number(response.headers['retry-after'] ?? 0) * 1000,
        }),
      );
    });
    sent.on('error', () => resolve(undefined));
    sent.end(text);
  });
}
