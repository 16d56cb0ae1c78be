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

/** What the resolution of a conflict comes to in a sector's log. */
export interface Outcome {
  resolution: ResolutionDocument;
  undone: (VoidDocument | ReleaseDocument)[];
}

/**
 * `decision:STATE` in tiski-desks: how a conflict was resolved as it stood then. Never changed. Elsewhere a decision is
 * what an authority decides about a person; this stored type had its name before.
 */
const resolvedDocument = v.object({
  type: v.literal('decision'),
  v: v.literal(1),
  outcome: v.custom<Outcome>((value) =>
    v.is(v.looseObject({ resolution: v.object({}), undone: v.array(v.object({})) }), value),
  ),
});

/**
 * Of all who resolve a conflict as it stands, at any server, the first one does: the outcome is one document whose id
 * is made of the state that it is about. What follows from it anybody may write, as often as it takes.
 * @returns the outcome that stands, which is another one's when somebody was quicker
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
