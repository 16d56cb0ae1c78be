import { algorithmsIn } from '../accounts/couch-signing';
import type { CouchNode, NodeAnswer } from './couch-node';
import { findingsOf, type Finding } from './finding';

const { good, warning, bad, notChecked } = findingsOf('couchdb');

/** CouchDB 3's default limit, and what Tiski's documents need, bytes. */
const documentSize = 8_000_000;

const setBy = (section: string, name: string, value: string) =>
  `On each node: PUT /_node/_local/_config/${section}/${name} with the body "${value}", as its administrator.`;

/** Version, cluster and settings of a CouchDB's nodes. */
export function couchFindings(answers: readonly NodeAnswer[]): Finding[] {
  const silent = answers.flatMap((answer) => (answer.kind === 'none' ? [answer] : []));
  const nodes = answers.flatMap((answer) => (answer.kind === 'node' ? [answer.node] : []));
  return [
    ...silent.map(silentFinding),
    ...nodes.flatMap((node) => nodeFindings(node, makesSessions(nodes))),
    ...clusterFindings(nodes, silent.length),
  ];
}

/** Whether Tiski can sign in for desks with sessions that it makes itself (docs/decisions/0009). */
function makesSessions(nodes: readonly CouchNode[]): boolean {
  const secrets = new Set(nodes.map(({ secretHash }) => secretHash));
  return (
    secrets.size === 1 &&
    !secrets.has(undefined) &&
    nodes.every((node) => node.isAdministrator && sessionFaults(node).length === 0)
  );
}

/** Why a node would refuse such a session. */
function sessionFaults({ origin, hashAlgorithms, authenticationHandlers }: CouchNode): Finding[] {
  const takesCookies = authenticationHandlers?.includes('cookie_authentication_handler') ?? true;
  const hasHash = hashAlgorithms === undefined || algorithmsIn(hashAlgorithms).length > 0;
  const consequence = 'Tiski hands it every name and password, which it checks slowly after a restart';
  return [
    ...(takesCookies
      ? []
      : [
          warning(
            `${origin} takes no session cookies (chttpd/authentication_handlers): ${consequence}.`,
            'Add {chttpd_auth, cookie_authentication_handler} to the setting on each node, or remove the setting.',
          ),
        ]),
    ...(hasHash
      ? []
      : [
          warning(
            `${origin} signs sessions with none of SHA-1 and SHA-2 (chttpd_auth/hash_algorithms): ${consequence}.`,
            setBy('chttpd_auth', 'hash_algorithms', 'sha256, sha'),
          ),
        ]),
  ];
}

function silentFinding({ origin, why, isCouch }: Extract<NodeAnswer, { kind: 'none' }>): Finding {
  const todo = isCouch
    ? 'See whether this node runs, and whether name and password in COUCHDB_URL are right.'
    : 'Give the address of a CouchDB in COUCHDB_URL.';
  return bad(`${origin}: ${why}.`, todo);
}

function nodeFindings(node: CouchNode, isSessionMade: boolean): Finding[] {
  const { origin, isUp, isAdministrator, anonymousSession } = node;
  return [
    versionFinding(node),
    ...(isUp
      ? []
      : [bad(`${origin} is in maintenance, or not up (_up).`, 'See its log; end the maintenance mode.')]),
    ...(isAdministrator
      ? [
          documentSizeFinding(node),
          hashFinding(node, isSessionMade),
          ...sessionFaults(node),
          ...membershipFindings(node),
        ]
      : [
          bad(
            `${origin} does not let this account read its settings.`,
            'Name its administrator in COUCHDB_URL.',
          ),
        ]),
    anonymousSession === 200
      ? good(`${origin} lets people sign in.`)
      : bad(
          `${origin} answers ${anonymousSession} to anybody who has not signed in yet: Tiski takes that for a wrong password.`,
          `${setBy('chttpd', 'require_valid_user', 'false')} So too chttpd_auth. Nobody but Tiski needs to reach it: let a firewall see to that.`,
        ),
  ];
}

function versionFinding({ origin, version }: CouchNode): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major === 3 && minor >= 3) return good(`${origin} is CouchDB ${version}.`);
  if (major === 3) {
    return warning(
      `${origin} is CouchDB ${version}, which gets no fixes any more.`,
      'Update it to 3.3 or newer.',
    );
  }
  return bad(
    `${origin} is CouchDB ${version}; Tiski needs 3.x.`,
    'Use a CouchDB 3.3 or newer of the 3 series.',
  );
}

function documentSizeFinding({ origin, maxDocumentSize }: CouchNode): Finding {
  const size = maxDocumentSize === undefined ? documentSize : Number(maxDocumentSize);
  // "infinity" is one of CouchDB's own values.
  if (maxDocumentSize === 'infinity' || size >= documentSize)
    return good(`${origin} takes documents of 8 MB.`);
  return bad(
    `${origin} takes documents of ${maxDocumentSize} bytes at most (couchdb/max_document_size).`,
    setBy('couchdb', 'max_document_size', String(documentSize)),
  );
}

/**
 * From 3.4 on, true by default. It happens to anybody who shows CouchDB a password: nobody, if sessions are
 * made.
 */
function hashFinding({ origin, version, upgradeHash }: CouchNode, isSessionMade: boolean): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isKnown = major > 3 || (major === 3 && minor >= 4);
  if (!isKnown || upgradeHash === 'false' || isSessionMade)
    return good(`${origin} leaves the desks' quick password hashes alone.`);
  return warning(
    `${origin} gives the desks' passwords 600,000 rounds (chttpd_auth/upgrade_hash_on_auth): each request of a desk that it has not cached costs a tenth of a second.`,
    `Mend what is said of its secret and sessions: then it is shown no password. Until then, ${setBy('chttpd_auth', 'upgrade_hash_on_auth', 'false')}`,
  );
}

function membershipFindings({ origin, allNodes, clusterNodes }: CouchNode): Finding[] {
  const missing = clusterNodes.filter((name) => !allNodes.includes(name));
  const extra = allNodes.filter((name) => !clusterNodes.includes(name));
  if (missing.length + extra.length === 0)
    return [good(`${origin} sees all ${clusterNodes.length} nodes of its cluster.`)];
  return [
    ...missing.map((name) =>
      bad(
        `${origin} does not see the node ${name} of its cluster.`,
        'Start that node, or mend the network to it.',
      ),
    ),
    ...extra.map((name) =>
      warning(
        `${origin} sees the node ${name}, which is not in its cluster.`,
        'Finish its cluster setup, or stop it.',
      ),
    ),
  ];
}

function clusterFindings(nodes: readonly CouchNode[], silent: number): Finding[] {
  const readable = nodes.filter(({ isAdministrator }) => isAdministrator);
  const size = Math.max(0, ...readable.map(({ clusterNodes }) => clusterNodes.length));
  const unseen = size - nodes.length - silent;
  return [
    ...(readable.length === 0 ? [] : [secretFinding(readable)]),
    ...(unseen > 0
      ? [
          notChecked(
            `The cluster has ${size} nodes, ${unseen} of which COUCHDB_URL does not name: their settings were not seen.`,
            'Name every node in COUCHDB_URL for this check, separated by commas.',
          ),
        ]
      : []),
  ];
}

/**
 * It signs sessions, Tiski's too: what one node issues, the others have to recognize. The values are
 * compared, never shown.
 */
function secretFinding(nodes: readonly CouchNode[]): Finding {
  const hashes = new Set(nodes.map(({ secretHash }) => secretHash));
  const todo = 'Set the same chttpd_auth/secret in the ini file of every node, and restart them.';
  if (hashes.has(undefined)) {
    return warning(
      'A node has no chttpd_auth/secret yet: it generates its own, maybe a new one at each start. Until all have one, Tiski hands CouchDB every name and password, which it checks slowly after a restart.',
      todo,
    );
  }
  if (hashes.size === 1) {
    return good(
      nodes.length === 1
        ? 'The node has a secret for sessions.'
        : 'All nodes have the same secret for sessions.',
    );
  }
  return bad(
    'The nodes sign sessions with different secrets: whoever signed in at one is signed out at the next.',
    todo,
  );
}
