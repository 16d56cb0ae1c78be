import { isDeepStrictEqual } from 'node:util';
import { HalfRestored, requireWhole } from '../backup/half-restored';
import { documentPath, UnexpectedCouchReply, type CouchClient } from '../couch/client';
import { isJsonObject } from '../couch/json';
import { NoEpoch, readEpoch } from '../epochs/read-epoch';
import { fixedPlans, planOf, securityOf, validationSource, type DatabasePlan } from '../provision/databases';
import { sectorsWithoutDatabase, tiskiDatabases } from '../provision/provision';
import { findingsOf, type Finding } from './finding';

const { good, warning, bad, notChecked } = findingsOf('databases');

const provisionTodo = 'Start the server again, or run tiski provision with it stopped: both set this right.';

/** Whether the databases are as provisioning makes them: they exist, with this version's rights and rules. */
export async function databaseFindings(client: CouchClient): Promise<Finding[]> {
  try {
    await requireWhole(client);
    const names = new Set([...fixedPlans.map(({ name }) => name), ...(await tiskiDatabases(client))]);
    const plans = [...names].flatMap((name) => planOf(name) ?? []);
    const faults: Finding[] = [];
    for (const plan of plans) faults.push(...(await planFindings(client, plan)));
    faults.push(...(await sectorsWithoutDatabase(client)).map(sectorFinding));
    return faults.length > 0
      ? faults
      : [good(`${plans.length} databases are there, with the rights and rules of this version.`)];
  } catch (error) {
    if (error instanceof HalfRestored) {
      return [
        bad('A restore was cut off: no server may run over this store.', 'tiski restore FILE --replace'),
      ];
    }
    if (error instanceof UnexpectedCouchReply) return [notReadable(error)];
    throw error;
  }
}

/** The account is not an administrator of the database server, as with a CouchDB behind a Tiski. */
const notReadable = ({ reply }: UnexpectedCouchReply) =>
  notChecked(
    `Rights and rules of the databases can not be read this way (${reply.status}).`,
    'Ask on the server itself, with the COUCHDB_URL or the data folder that it has.',
  );

async function planFindings(client: CouchClient, plan: DatabasePlan): Promise<Finding[]> {
  const path = `/${encodeURIComponent(plan.name)}`;
  const security = await client.request('GET', `${path}/_security`);
  if (security.status === 404) return [bad(`The database ${plan.name} is not there.`, provisionTodo)];
  if (security.status !== 200) throw new UnexpectedCouchReply('GET', `${path}/_security`, security);
  const rights = isDeepStrictEqual(security.body, securityOf(plan))
    ? []
    : [bad(`Rights of ${plan.name} (_security) are not those of Tiski.`, provisionTodo)];
  return [...rights, ...(await ruleFindings(client, plan)), ...(await epochFindings(client, plan))];
}

async function ruleFindings(client: CouchClient, { name, kind }: DatabasePlan): Promise<Finding[]> {
  const { status, body } = await client.request('GET', documentPath(name, '_design/tiski'));
  const rules = status === 200 && isJsonObject(body) ? body['validate_doc_update'] : undefined;
  if (rules === undefined) return [bad(`${name} has no rules (_design/tiski).`, provisionTodo)];
  if (rules === (await validationSource(kind))) return [];
  return [warning(`Rules of ${name} are those of another version.`, provisionTodo)];
}

/** S8: desks wait for it. */
async function epochFindings(client: CouchClient, { name }: DatabasePlan): Promise<Finding[]> {
  try {
    await readEpoch(client, name);
    return [];
  } catch (error) {
    if (!(error instanceof NoEpoch)) throw error;
    return [bad(`${name} has no epoch: no desk pulls from it.`, provisionTodo)];
  }
}

const sectorFinding = (sector: string) =>
  warning(
    `No database is there for the visits of the sector ${JSON.stringify(sector.slice(0, 80))}.`,
    'Start the server again; if it says the same, give its services another sector in the catalogue.',
  );
