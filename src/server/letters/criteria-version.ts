import * as v from 'valibot';
import { officeDatabase } from '$lib/documents/databases';
import type { GrantValidity } from '$lib/domain/benefit/criteria';
import type { Bilingual } from '$lib/domain/benefit/letter/letter-templates';
import { documentPath, UnexpectedCouchReply, type CouchClient } from '../couch/client';

const bilingual = v.object({ fi: v.string(), sv: v.string() });

/** `criteria:SCHEME`, as far as a letter needs it. */
const document = v.object({
  versions: v.array(
    v.object({
      version: v.number(),
      validity: v.union([v.object({ months: v.number() }), v.object({ until: v.string() })]),
      proofs: v.array(v.object({ id: v.string(), names: bilingual })),
      whoQualifies: bilingual,
    }),
  ),
});

/** What a letter says of the criteria that applied. */
export interface AppliedCriteria {
  validity: GrantValidity;
  proofs: readonly { id: string; names: Bilingual }[];
  whoQualifies: Bilingual;
}

/** Undefined if the scheme has no such version, or it can't be read. */
export async function readCriteriaVersion(
  client: CouchClient,
  scheme: string,
  version: number,
): Promise<AppliedCriteria | undefined> {
  const path = documentPath(officeDatabase, `criteria:${scheme}`);
  const reply = await client.request('GET', path);
  if (reply.status !== 200 && reply.status !== 404) throw new UnexpectedCouchReply('GET', path, reply);
  const parsed = v.safeParse(document, reply.body);
  return parsed.success ? parsed.output.versions.find((each) => each.version === version) : undefined;
}
