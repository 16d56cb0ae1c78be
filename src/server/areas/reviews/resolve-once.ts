import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { desksDatabase } from '$lib/documents/databases';
import type { Review } from '$lib/documents/review/find-conflicts';
import type {
  ReleaseDocument,
  ResolutionDocument,
  VoidDocument,
} from '$lib/documents/visits/visit-documents';
import { documentPath, requireOk, type CouchClient } from '../../couch/client';
import { storeAlone } from '../../couch/store-alone';

/** What resolving a conflict amounts to in a sector's log. */
export interface Outcome {
  resolution: ResolutionDocument;
  undone: (VoidDocument | ReleaseDocument)[];
}

/**
 * `decision:STATE` in tiski-desks: how a conflict was resolved in the state that it had. Never changes.
 * Elsewhere a decision is what an authority decides about a person; this stored type is older than that rule.
 */
const resolvedDocument = v.object({
  type: v.literal('decision'),
  v: v.literal(1),
  outcome: v.custom<Outcome>((value) =>
    v.is(v.looseObject({ resolution: v.object({}), undone: v.array(v.object({})) }), value),
  ),
});

/**
 * If several people resolve the same state of a conflict, at whichever server, the first one wins: the
 * outcome is one document whose id is derived from that state. Anybody may write what follows from it, as
 * often as necessary.
 * @returns the outcome that stands, somebody else's if they were faster
 */
export async function resolveOnce(
  client: CouchClient,
  sector: string,
  review: Review,
  outcome: Outcome,
): Promise<Outcome> {
  const resolved = { _id: `decision:${stateOf(sector, review)}`, type: 'decision', v: 1, outcome };
  if ((await storeAlone(client, desksDatabase, resolved)) === 'stored') return outcome;
  const stands = await requireOk(client, 'GET', documentPath(desksDatabase, resolved._id));
  return v.parse(resolvedDocument, stands).outcome;
}

/** The same for the same conflict, entries and last resolution, wherever they are seen. */
function stateOf(sector: string, { conflict, state }: Review): string {
  const last = state.kind === 'open' ? '' : state.resolution.id;
  const entries = conflict.entries.map(({ id }) => id).sort();
  const text = JSON.stringify([sector, conflict.id, last, entries]);
  return createHash('sha256').update(text).digest('hex');
}
