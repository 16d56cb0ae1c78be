import * as v from 'valibot';

/** What the server's demo city offers to anybody; a server without one answers 404. */

export type DemoFailure = 'unreachable' | 'not-a-demo' | 'busy' | 'failed';

export type DemoOutcome<T> = { ok: true; value: T } | { ok: false; failure: DemoFailure };

const demoCards = v.object({
  cards: v.array(v.object({ kind: v.string(), code: v.string(), venue: v.string(), service: v.string() })),
});
/** A card to print; `kind` is what a tester sees when it is used at `venue` for `service`. */
export type DemoCard = v.InferOutput<typeof demoCards>['cards'][number];

const pairing = v.object({ code: v.string() });

/** A one-time code that makes this device a desk of the venue. */
export const openDemoDesk = (venue: string) => ask('/api/demo/desk', pairing, { venue });

export const listDemoCards = () => ask('/api/demo/cards', demoCards);

async function ask<T>(
  path: string,
  schema: v.GenericSchema<unknown, T>,
  body?: object,
): Promise<DemoOutcome<T>> {
  try {
    const response = await fetch(path, {
      signal: AbortSignal.timeout(15_000),
      ...(body === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok) return { ok: false, failure: failureOf(response.status) };
    return { ok: true, value: v.parse(schema, await response.json()) };
  } catch {
    // No network, a time-out, or an answer that is not our server's.
    return { ok: false, failure: 'unreachable' };
  }
}

function failureOf(status: number): DemoFailure {
  switch (status) {
    case 404:
      return 'not-a-demo';
    case 429:
    case 503:
      return 'busy';
    default:
      return 'failed';
  }
}
