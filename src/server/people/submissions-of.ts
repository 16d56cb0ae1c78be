import { peopleDatabase } from '$lib/documents/databases';
import type { CouchClient } from '../couch/client';
import { readRows } from '../documents/read-documents';

/**
 * Ids of what was submitted for a case: a device makes one ULID, which the submission, its refusals and the
 * case share.
 */
export async function submissionsOf(client: CouchClient, caseId: string): Promise<string[]> {
  const ulid = caseId.slice('case:'.length);
  const refused = `submission:refused:${ulid}:`;
  const range = new URLSearchParams({
    startkey: JSON.stringify(refused),
    endkey: JSON.stringify(`${refused}\uFFF0`),
    limit: '100',
  });
  const rows = await readRows(client, peopleDatabase, {}, `&${range.toString()}`);
  return [`submission:${ulid}`, ...rows.map(({ id }) => String(id))];
}
