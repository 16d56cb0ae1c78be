import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { CouchAddress } from '../couch/remote-client';
import { ask, failureCode, jsonIn, type Answer } from './ask';

/** One node of a CouchDB, as its administrator sees it. A secret only appears as its hash. */
export interface CouchNode {
  /** Its address, without name and password. */
  origin: string;
  version: string;
  isUp: boolean;
  /** Names of the nodes that it knows, and of those that should be in the cluster. */
  allNodes: string[];
  clusterNodes: string[];
  /** Whether its settings may be read. */
  isAdministrator: boolean;
  secretHash: string | undefined;
  maxDocumentSize: string | undefined;
  upgradeHash: string | undefined;
  hashAlgorithms: string | undefined;
  authenticationHandlers: string | undefined;
  /** Status of an anonymous request to /_session: 200 if sign-in works. */
  anonymousSession: number;
  clock: { date: string | undefined; askedAt: number; answeredAt: number };
}

export type NodeAnswer =
  { kind: 'node'; node: CouchNode } | { kind: 'none'; origin: string; why: string; isCouch: boolean };

const welcome = v.object({ couchdb: v.literal('Welcome'), version: v.string() });
const membership = v.object({ all_nodes: v.array(v.string()), cluster_nodes: v.array(v.string()) });

/** Asks one node for what the checks need. */
export async function askNode({ origin, authorization }: CouchAddress): Promise<NodeAnswer> {
  const headers: Record<string, string> = {
    accept: 'application/json',
    ...(authorization === undefined ? {} : { authorization }),
  };
  const get = (path: string) => ask(`${origin}${path}`, { headers });
  const none = (why: string, isCouch: boolean): NodeAnswer => ({ kind: 'none', origin, why, isCouch });
  try {
    const askedAt = Date.now();
    const root = await get('/');
    const answeredAt = Date.now();
    if (root.status === 401) return none('it refuses the name and password of COUCHDB_URL', true);
    const told = v.safeParse(welcome, jsonIn(root));
    if (!told.success) return none(`what answers is not a CouchDB (status ${root.status})`, false);
    const setting = async (path: string) => settingIn(await get(`/_node/_local/_config/${path}`));
    const members = await get('/_membership');
    const nodes = v.safeParse(membership, jsonIn(members));
    return {
      kind: 'node',
      node: {
        origin,
        version: told.output.version,
        isUp: (await get('/_up')).status === 200,
        allNodes: nodes.success ? nodes.output.all_nodes : [],
        clusterNodes: nodes.success ? nodes.output.cluster_nodes : [],
        isAdministrator: nodes.success,
        secretHash: hashOf(await setting('chttpd_auth/secret')),
        maxDocumentSize: await setting('couchdb/max_document_size'),
        upgradeHash: await setting('chttpd_auth/upgrade_hash_on_auth'),
        hashAlgorithms: await setting('chttpd_auth/hash_algorithms'),
        authenticationHandlers: await setting('chttpd/authentication_handlers'),
        anonymousSession: (await ask(`${origin}/_session`)).status,
        clock: { date: root.headers.date, askedAt, answeredAt },
      },
    };
  } catch (error) {
    return none(`it does not answer (${failureCode(error)})`, true);
  }
}

/** The value as CouchDB has it, a text; undefined if nothing is set. */
function settingIn(answer: Answer): string | undefined {
  const value = jsonIn(answer);
  return answer.status === 200 && typeof value === 'string' ? value : undefined;
}

const hashOf = (secret: string | undefined) =>
  secret === undefined ? undefined : createHash('sha256').update(secret).digest('hex');
