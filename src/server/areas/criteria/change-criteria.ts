import * as v from 'valibot';
import { criteriaInput, type CriteriaDocument } from '$lib/documents/criteria/criteria-document';
import { faultsOf } from '$lib/documents/criteria/criteria-fields';
import { organisationList, organisationsId } from '$lib/documents/criteria/organisations-document';
import { officeDatabase } from '$lib/documents/databases';
import { placeVersion, sortVersions, type VersionRefusal } from '$lib/domain/benefit/criteria-versions';
import type { Person } from '../../api/caller';
import { ApiFailure } from '../../api-failure';
import type { LogAction } from '../../audit/audit-log';
import type { CouchClient } from '../../couch/client';
import type { JsonObject } from '../../couch/json';
import { storeAlone } from '../../couch/store-alone';
import { cityDay, readAllCriteria, readCriteria, readOrganisations } from '../../criteria/stored-criteria';
import { schemeNames } from './list-schemes';

interface Changing {
  client: CouchClient;
  log: LogAction;
  now: () => Date;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const versionBody = v.object({ base: count, replaces: v.exactOptional(count), criteria: criteriaInput });
const organisationsBody = v.object({
  rev: v.nullable(v.pipe(v.string(), v.maxLength(100))),
  list: organisationList,
});

/** @throws {ApiFailure} 400, with the path of the field and the name of its fault */
function parsedBody<T>(schema: v.GenericSchema<unknown, T>, body: JsonObject): T {
  const parsed = v.safeParse(schema, body);
  if (parsed.success) return parsed.output;
  const [first] = faultsOf(schema, body);
  const field = first?.field ?? '';
  throw new ApiFailure(400, 'bad-request', `${field}: ${first?.fault ?? 'wrong'}`, field);
}

const refusals: Record<VersionRefusal, () => ApiFailure> = {
  changed: () => changed('the criteria'),
  'too-early': () => new ApiFailure(422, 'too-early', 'A version begins today or later.', 'criteria.from'),
  begun: () => new ApiFailure(422, 'begun', 'The version has begun: it never changes. Add another one.'),
  'same-day': () =>
    new ApiFailure(422, 'same-day', 'Another version begins on that day: change that one.', 'criteria.from'),
  'too-many': () => new ApiFailure(422, 'too-many', 'The scheme has as many versions as can be kept.'),
};
/** The catalogue doesn't know the scheme. */
export const unknownScheme = () =>
  new ApiFailure(404, 'unknown-scheme', 'The catalogue has no such scheme.', 'scheme');
const changed = (what: string) =>
  new ApiFailure(409, 'changed', `Somebody else has changed ${what}. Look at what they did.`);

/**
 * Adds a version to a scheme's criteria (B33, B34), logged before it is stored.
 * @returns its number
 * @throws {ApiFailure} 400; 404; 409 `changed` if somebody else was faster; 422 with what says no
 */
export async function addVersion(
  { client, log, now }: Changing,
  scheme: string,
  body: JsonObject,
  { account, rights }: Person,
): Promise<number> {
  const { base, replaces, criteria } = parsedBody(versionBody, body);
  if (!(await schemeNames(client)).has(scheme)) throw unknownScheme();
  const stored = await readCriteria(client, scheme);
  const place = placeVersion(stored?.versions ?? [], { from: criteria.from, base, replaces }, cityDay(now()));
  if (!place.ok) throw refusals[place.reason]();
  const known = new Set((await readOrganisations(client)).list.map(({ id }) => id));
  const unknown = criteria.servicePaths.findIndex(({ organisations }) =>
    organisations.some((id) => !known.has(id)),
  );
  if (unknown >= 0) {
    const reason = 'A service path names an organisation that is not in the list.';
    throw new ApiFailure(
      422,
      'unknown-organisation',
      reason,
      `criteria.servicePaths.${unknown}.organisations`,
    );
  }
  const { version, kept } = place;
  const document: CriteriaDocument = {
    _id: `criteria:${scheme}`,
    ...(stored?._rev !== undefined && { _rev: stored._rev }),
    type: 'criteria',
    v: 1,
    versions: [...kept, { ...criteria, version, by: account, at: now().toISOString() }],
  };
  const instead = replaces === undefined ? '' : ` instead of ${replaces}`;
  const about = `${scheme} version ${version}${instead} from ${criteria.from}`;
  const isStored = await storeLogged({ client, log }, document, {
    account,
    rights: [...rights],
    action: 'criteria-changed',
    about,
  });
  if (!isStored) throw refusals.changed();
  return version;
}

/**
 * Replaces the list of organisations, logged before it is stored.
 * @throws {ApiFailure} 400; 409 `changed`; 422 `in-use` if a scheme's path needs one that is missing
 */
export async function changeOrganisations(
  { client, log, now }: Changing,
  body: JsonObject,
  { account, rights }: Person,
): Promise<void> {
  const { rev, list } = parsedBody(organisationsBody, body);
  const stored = await readOrganisations(client);
  if (stored.rev !== rev) throw changed('the organisations');
  const listed = new Set(list.map(({ id }) => id));
  const needed = await organisationsInUse(client, now());
  const missing = stored.list.find(({ id }) => needed.has(id) && !listed.has(id));
  if (missing !== undefined) {
    const reason = `A service path of a scheme names ${missing.names.en}: take it from there first.`;
    throw new ApiFailure(422, 'in-use', reason, 'list');
  }
  const document = {
    _id: organisationsId,
    ...(rev !== null && { _rev: rev }),
    type: 'organisations',
    v: 1,
    list,
  };
  const had = new Set(stored.list.map(({ id }) => id));
  const added = list.filter(({ id }) => !had.has(id)).map(({ id }) => `+${id}`);
  const removed = stored.list.filter(({ id }) => !listed.has(id)).map(({ id }) => `-${id}`);
  const isStored = await storeLogged({ client, log }, document, {
    account,
    rights: [...rights],
    action: 'organisations-changed',
    about: [`${list.length} organisations`, ...added, ...removed].join(' ').slice(0, 200),
  });
  if (!isStored) throw changed('the organisations');
}

async function storeLogged(
  { client, log }: Pick<Changing, 'client' | 'log'>,
  document: { _id: string },
  entry: Parameters<LogAction>[0],
): Promise<boolean> {
  await log(entry);
  if ((await storeAlone(client, officeDatabase, document)) === 'stored') return true;
  await log({ ...entry, action: 'not-done', about: `${entry.action} ${entry.about ?? ''}`.slice(0, 200) });
  return false;
}

/** Those that a version in force or a coming one names. */
async function organisationsInUse(client: CouchClient, now: Date): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  for (const versions of (await readAllCriteria(client)).values()) {
    const { inForce, coming } = sortVersions(versions, cityDay(now));
    for (const { servicePaths } of [...(inForce ? [inForce] : []), ...coming]) {
      for (const id of servicePaths.flatMap(({ organisations }) => organisations)) used.add(id);
    }
  }
  return used;
}
