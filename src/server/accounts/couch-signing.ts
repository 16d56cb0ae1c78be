import * as v from 'valibot';
import { askNodes } from '../couch/ask-nodes';
import type { CouchNodes } from '../couch/nodes';
import type { SessionSigning } from './session-cookie';

/** Why sessions that a CouchDB accepts can't be made here. */
export type CannotSign = 'unreadable' | 'no-secret' | 'secrets-differ' | 'refused';

export type CouchSigning =
  /** `administrators`: CouchDB's own, which are in its settings and not in `_users`. */
  | { kind: 'signs'; signing: SessionSigning; administrators: ReadonlySet<string> }
  | { kind: 'cannot'; why: CannotSign };

/** CouchDB's names of hashes that Node.js has too, and its names for them. */
const algorithms: Record<string, string> = {
  sha: 'sha1',
  sha224: 'sha224',
  sha256: 'sha256',
  sha384: 'sha384',
  sha512: 'sha512',
};

/** The hashes of CouchDB's setting that Node.js has too, by its names. */
export const algorithmsIn = (setting: string): string[] =>
  setting.split(',').flatMap((each) => algorithms[each.trim()] ?? []);

/** How long a session lives by default, seconds. */
const standardTimeout = 600;

const membership = v.object({ all_nodes: v.array(v.string()), cluster_nodes: v.array(v.string()) });
const section = v.record(v.string(), v.string());

interface NodeSettings {
  secret: string | undefined;
  seconds: number;
  algorithms: string[];
  administrators: string[];
}

/**
 * What every node of a CouchDB signs sessions with, read as its administrator. A node that is down is not
 * asked: if it comes back with a secret of its own, it refuses what is signed here.
 * @throws {CouchFailure} 503 if it does not answer
 */
export async function readCouchSigning(couch: CouchNodes): Promise<CouchSigning> {
  const { status, body } = await askNodes(couch, '/_membership', { asAdministrator: true });
  const members = v.safeParse(membership, body);
  if (status !== 200 || !members.success) return { kind: 'cannot', why: 'unreadable' };
  const { all_nodes: here, cluster_nodes: cluster } = members.output;
  const names = cluster.filter((name) => here.includes(name));
  if (names.length === 0) return { kind: 'cannot', why: 'unreadable' };
  const nodes: NodeSettings[] = [];
  for (const name of names) {
    const node = await readNode(couch, name);
    if (node === undefined) return { kind: 'cannot', why: 'unreadable' };
    nodes.push(node);
  }
  return signingOf(nodes);
}

function signingOf(nodes: readonly NodeSettings[]): CouchSigning {
  const secrets = new Set(nodes.map(({ secret }) => secret));
  const [secret] = secrets;
  if (secrets.size > 1) return { kind: 'cannot', why: 'secrets-differ' };
  if (secret === undefined) return { kind: 'cannot', why: 'no-secret' };
  const [first] = nodes;
  const shared = (first?.algorithms ?? []).filter((name) =>
    nodes.every((node) => node.algorithms.includes(name)),
  );
  if (shared.length === 0) return { kind: 'cannot', why: 'refused' };
  return {
    kind: 'signs',
    signing: { secret, seconds: Math.min(...nodes.map(({ seconds }) => seconds)), algorithms: shared },
    administrators: new Set(nodes.flatMap(({ administrators }) => administrators)),
  };
}

async function readNode(couch: CouchNodes, name: string): Promise<NodeSettings | undefined> {
  const read = async (which: string) => {
    const path = `/_node/${encodeURIComponent(name)}/_config/${which}`;
    const { status, body } = await askNodes(couch, path, { asAdministrator: true });
    const parsed = v.safeParse(section, body);
    return status === 200 && parsed.success ? parsed.output : undefined;
  };
  // CouchDB uses the older section if the newer says nothing.
  const [older, newer, admins] = [
    await read('couch_httpd_auth'),
    await read('chttpd_auth'),
    await read('admins'),
  ];
  if (older === undefined || newer === undefined || admins === undefined) return undefined;
  const { secret = '', timeout, hash_algorithms: hashes = 'sha' } = { ...older, ...newer };
  const seconds = Number(timeout ?? standardTimeout);
  return {
    secret: secret === '' ? undefined : secret,
    seconds: Number.isInteger(seconds) && seconds > 0 ? seconds : standardTimeout,
    algorithms: algorithmsIn(hashes),
    administrators: Object.keys(admins),
  };
}
