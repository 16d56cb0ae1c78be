import { ulid } from 'ulid';
import * as v from 'valibot';
import { visitsDatabase } from '$lib/documents/databases';
import { findConflicts, type Review } from '$lib/documents/review/find-conflicts';
import { documentsOfResolution } from '$lib/documents/review/resolve-conflict';
import type { ResolutionDocument } from '$lib/documents/visits/visit-documents';
import { ApiFailure } from '../../api-failure';
import { requireOk, type CouchClient } from '../../couch/client';
import { sectors } from '../../provision/catalogue';
import { resolveOnce, type Outcome } from './resolve-once';
import { readReviewInput } from './review-input';

/**
 * How a review is resolved. The wire and the stored resolution call it `decision`, as the first builds did.
 */
const resolution = v.variant('kind', [
  v.object({ kind: v.literal('accept') }),
  v.object({ kind: v.literal('contact') }),
  v.object({ kind: v.literal('keep'), kept: v.array(v.string()) }),
  v.object({ kind: v.literal('undo'), undone: v.pipe(v.array(v.string()), v.minLength(1)) }),
]);
export const resolutionRequest = v.object({
  sector: v.string(),
  conflict: v.string(),
  /** Ids of the entries that the person looked at. */
  seen: v.array(v.string()),
  decision: resolution,
});
/** How somebody resolves a conflict in the state that they saw. */
export type ResolutionRequest = v.InferOutput<typeof resolutionRequest>;

const bulkAnswer = v.array(v.looseObject({ id: v.string(), error: v.optional(v.string()) }));

/**
 * Two people who keep different entries must not undo both, at whichever server they are.
 * @throws {ApiFailure} 409 `changed` for all but the first of them
 */
export async function resolveReview(
  client: CouchClient,
  { sector, conflict: id, seen, decision: made }: ResolutionRequest,
  by: string,
  now: Date,
): Promise<ResolutionDocument> {
  const review = (await reviewsOf(client, sector, now)).find(({ conflict }) => conflict.id === id);
  const entries = review?.conflict.entries.map((entry) => entry.id) ?? [];
  if (!review || !isSameSet(entries, seen)) throw changed();
  // A mistaken id would undo everything.
  if (!namedBy(made).every((id) => entries.includes(id))) {
    throw new ApiFailure(400, 'bad-request', 'kept or undone names what is no part of the conflict.');
  }
  const author = { by, at: now.getTime(), randomId: () => ulid(now.getTime()) };
  const outcome = documentsOfResolution(review.conflict, made, author);
  const stands = await resolveOnce(client, sector, review, outcome);
  await write(client, visitsDatabase(sector), [...stands.undone, stands.resolution]);
  if (!isSameOutcome(stands, outcome)) throw changed();
  return stands.resolution;
}

const changed = () => new ApiFailure(409, 'changed', 'The conflict is not as it was seen. Look again.');

/** Whether the request is for the outcome that stands: pressed again, after a try that was cut off. */
function isSameOutcome(a: Outcome, b: Outcome): boolean {
  const partsOf = ({ resolution, undone }: Outcome) => {
    const { by, decision, kept = [] } = resolution;
    return JSON.stringify([by, decision, [...kept].sort(), undone.map(({ _id }) => _id).sort()]);
  };
  return partsOf(a) === partsOf(b);
}

function namedBy(made: v.InferOutput<typeof resolution>): string[] {
  switch (made.kind) {
    case 'accept':
    case 'contact':
      return [];
    case 'keep':
      return made.kept;
    case 'undo':
      return made.undone;
  }
}

const isSameSet = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((each) => b.includes(each));

/** What two desks did that the rules don't allow, and its state. */
export async function reviewsOf(client: CouchClient, sector: string, now: Date): Promise<Review[]> {
  if (!(await sectors(client)).includes(sector)) {
    throw new ApiFailure(404, 'unknown-sector', 'There is no such sector.');
  }
  const { documents, context } = await readReviewInput(client, sector, now);
  return findConflicts(documents, context);
}

async function write(client: CouchClient, database: string, docs: readonly object[]): Promise<void> {
  const body = await requireOk(client, 'POST', `/${database}/_bulk_docs`, { docs });
  // A conflict means that it was already undone: by the desk itself, or in a try that was cut off.
  const refused = v.parse(bulkAnswer, body).find(({ error }) => error !== undefined && error !== 'conflict');
  if (refused) throw new Error(`${database} refused ${refused.id}: ${JSON.stringify(refused)}`);
}
