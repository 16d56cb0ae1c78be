import { catalogueDatabase } from '$lib/documents/databases';
import type { CaseDocument } from '$lib/documents/cases/case-document';
import type { LetterSending } from '$lib/documents/letters/letter-document';
import type { PersonFacts } from '$lib/documents/people/person-document';
import type { CaseAction } from '$lib/domain/benefit/case-action';
import { caseReference } from '$lib/domain/benefit/case-reference';
import type { CaseStatus } from '$lib/domain/benefit/case-status';
import { validUntil } from '$lib/domain/benefit/criteria';
import type { AddressedPerson, LetterFacts } from '$lib/domain/benefit/letter/letter';
import { localDate } from '$lib/domain/time/day';
import { ApiFailure } from '../../../api-failure';
import type { CouchClient } from '../../../couch/client';
import { readDocuments } from '../../../documents/read-documents';
import { readCriteriaVersion } from '../../../letters/criteria-version';
import { readOfficial } from '../../../letters/read-official';
import { readTemplates } from '../../../letters/stored-templates';
import { readPerson } from '../../../people/people-documents';
import { refusalText } from '../refusal-text';

/** Days of decisions are Finland's. */
export const letterZone = 'Europe/Helsinki';

/**
 * Everything that the letter about a case's newest decision says.
 * @throws {ApiFailure} 422 `not-decided`; `no-decision` if the person has withdrawn
 */
export async function gatherFacts(
  client: CouchClient,
  file: CaseDocument,
  status: CaseStatus,
  sending: LetterSending,
): Promise<LetterFacts> {
  const conclusion = status.state === 'received' ? undefined : status.conclusions.at(-1);
  if (conclusion === undefined) throw new ApiFailure(422, 'not-decided', refusalText('not-decided'));
  const { outcome, on, by, reopening } = conclusion;
  if (outcome === 'withdrawn') {
    throw new ApiFailure(422, 'no-decision', 'Who withdraws gets no decision.');
  }
  const [stored, scheme, criteria, official, { templates }] = await Promise.all([
    readPerson(client, file.person),
    readScheme(client, file.scheme),
    readCriteriaVersion(client, file.scheme, file.criteria),
    readOfficial(client, by),
    readTemplates(client),
  ]);
  const decided = file.log.findLast(isDecision);
  const validity = decided?.kind === 'decided' ? decided.validity : undefined;
  const nameOfProof = (id: string) =>
    criteria?.proofs.find((each) => each.id === id)?.names ?? { fi: id, sv: id };
  return {
    reference: caseReference(file._id),
    person: stored?.facts && personOf(stored.facts, file.consent.given),
    scheme,
    decided: {
      outcome,
      on,
      reasons: decided?.kind === 'decided' ? decided.reasons : [],
      text: decided?.text ?? '',
      validity: validity ?? (criteria && { from: on, until: validUntil(criteria.validity, on) }),
      reopening,
    },
    received: { on: localDate(status.receivedAt, letterZone), source: status.source },
    criteria: { version: file.criteria, whoQualifies: criteria?.whoQualifies },
    proofs: status.proofs.map(({ proof, on }) => ({ name: nameOfProof(proof), on })),
    official,
    templates,
    sending,
  };
}

type Decision = Extract<CaseAction, { kind: 'decided' | 'lapsed' }>;
const isDecision = (action: CaseAction): action is Decision =>
  action.kind === 'decided' || action.kind === 'lapsed';

const personOf = (
  { name, language, address, contact }: PersonFacts,
  hasConsented: boolean,
): AddressedPerson => ({
  name,
  language,
  address,
  email: contact.kind === 'email' ? contact.value : undefined,
  hasConsented,
});

/** The scheme's name and those of its services; without a name if the catalogue has no such scheme. */
async function readScheme(client: CouchClient, id: string): Promise<LetterFacts['scheme']> {
  const read = (keys: readonly string[]) => readDocuments(client, catalogueDatabase, { keys });
  const [scheme] = await read([`scheme:${id}`]);
  if (scheme?.type !== 'scheme') return { id, services: [] };
  const services = await read(scheme.services.map((service) => `service:${service}`));
  return {
    id,
    name: scheme.names,
    services: services.flatMap((each) => (each.type === 'service' ? [each.names] : [])),
  };
}
