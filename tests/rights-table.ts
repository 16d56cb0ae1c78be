import {
  databaseGrants,
  type DatabaseGrants,
  type Operation,
  type TypeGrants,
} from '$lib/documents/database-rights';
import { databaseKinds, type DatabaseKind } from '$lib/documents/databases';
import type { Role } from '$lib/documents/roles';

/**
 * Who may do what, for contract/rights-table.test.ts: what is not granted here is refused, at every door. The
 * registry grants access to what is stored; its roles become callers here. An address under /api without a
 * row here fails the test, as does a row without an address.
 */

export type { Operation };

/** A desk at its own counter: the documents of visits in the test are its own. */
const ownDesk = 'desk';
/** Its next device after it was paired again: it sends what the one before had not sent. */
const successor = "the desk's successor";
const desksOfSector = [ownDesk, successor, 'desk of another venue'] as const;
const desks = [...desksOfSector, 'desk of another sector'] as const;
/** `server`: the CouchDB's administrator, who in the embedded store also has the role `administrator`. */
const administrators = ['administrator', 'server'] as const;
export const callers = [
  'signed out',
  'no role',
  'revoked desk',
  ...desks,
  'office',
  'coordinator',
  'reports',
  'referrer',
  'receive',
  'decide',
  'self-approve',
  'hand-out',
  'audit',
  ...administrators,
] as const;
export type Caller = (typeof callers)[number];
export type Callers = readonly Caller[];

const server: Callers = ['server'];
const signedIn: Callers = callers.filter((caller) => caller !== 'signed out');
const people: Callers = signedIn.filter(
  (caller) => caller !== 'revoked desk' && !desks.some((desk) => desk === caller),
);
const office: Callers = ['office', ...administrators];
const officials: Callers = ['receive', 'decide'];
const coordinators: Callers = ['coordinator', ...administrators];

/**
 * For a stored document `change` is other content under another revision, `attach` one attachment more or
 * less.
 */
export type TypeRights = Record<Operation, Callers>;

export interface DatabaseRights {
  /** All of its documents, its feed, its `_security`, and `_local/epoch`. */
  read: Callers;
  /** `_security`, and every change of design documents. */
  rules: Callers;
  /**
   * Reading and writing checkpoints in `_local`; the same callers read the server's records there, and nobody
   * writes them.
   */
  checkpoints: Callers;
  types: Record<string, TypeRights>;
  /** Documents whose type belongs elsewhere. Deleting what was never there is noise, and not forbidden. */
  otherTypes: { create: Callers; delete: Callers };
  /** The same, for types that would give power. */
  reservedTypes: Record<string, Callers>;
}

/** `desks`: which of them stand for the role in this place. */
const callersOf = (roles: readonly Role[], desks: Callers): Callers =>
  roles.flatMap((role) => (role === 'desk' ? desks : [role]));

function databaseRightsOf(kind: DatabaseKind): DatabaseRights {
  const grants: DatabaseGrants = databaseGrants[kind];
  const { read, rules, types, otherTypes, reservedTypes = {} } = grants;
  const granted = (roles: readonly Role[]) => callersOf(roles, [ownDesk, successor]);
  // The server itself writes there, without HTTP.
  const writers = grants.isReadOnly === true ? (): Callers => [] : granted;
  const typeRights = (grants: TypeGrants): TypeRights => ({
    create: writers(grants.create),
    change: writers(grants.change),
    delete: writers(grants.delete),
    attach: writers(grants.attach),
  });
  const each = <T>(of: Readonly<Record<string, TypeGrants>>, make: (grants: TypeGrants) => T) =>
    Object.fromEntries(Object.entries(of).map(([type, grants]) => [type, make(grants)]));
  return {
    // The server's administrator reads everything.
    read: [...new Set([...callersOf(read, kind === 'visits' ? desksOfSector : desks), 'server' as const])],
    rules: writers(rules),
    checkpoints: granted(rules),
    types: each(types, typeRights),
    otherTypes: { create: writers(otherTypes.create), delete: writers(otherTypes.delete) },
    reservedTypes: each(reservedTypes, ({ create }) => writers(create)),
  };
}

export const databaseRights = Object.fromEntries(
  databaseKinds.map((kind) => [kind, databaseRightsOf(kind)]),
) as Record<DatabaseKind, DatabaseRights>;

/** What belongs to no database. */
export const serverRights = {
  'read what it is, and who they are': callers,
  'sign in': signedIn,
  'list, make and remove databases': server,
} satisfies Record<string, Callers>;

/** Accounts, in `_users`. */
export const accountRights = {
  'read their own': signedIn,
  'give their own another password': signedIn.filter((caller) => caller !== 'revoked desk'),
  'change anything else of their own, or delete it': server,
  "read another's, change or delete it, make one": server,
  'read a list of them': server,
  'change the rules for them': server,
} satisfies Record<string, Callers>;

/**
 * Addresses under /api, and the one beside it: who is understood there, if only to learn that there is no
 * such card.
 */
export const apiRights: Record<string, Callers> = {
  'GET /api/health': callers,
  'GET /api/ready': callers,
  // By the address of the request, or a token: no account's right. monitoring/metrics-routes.test.ts has the
  // attacks.
  'GET /metrics': callers,
  'POST /api/pair': callers,
  // In a city that is not a demo they don't exist, for anybody.
  'GET /api/demo/cards': callers,
  'POST /api/demo/desk': callers,
  'POST /api/desks/report': desks,
  'GET /api/desks': administrators,
  'GET /api/desks/states': administrators,
  'POST /api/desks': administrators,
  'POST /api/desks/:id/code': administrators,
  'POST /api/desks/:id/rules': administrators,
  'POST /api/desks/:id/revoke': administrators,
  'POST /api/cards/find': office,
  'POST /api/cards/:number/code': office,
  'GET /api/cards/:number/choices': office,
  'POST /api/cards/:number/release': office,
  'GET /api/reviews': office,
  'POST /api/reviews': office,
  'POST /api/rescue': office,
  'POST /api/sectors': coordinators,
  // Where people are concerned, an administrator holds no right but those that somebody gave.
  'GET /api/cases': officials,
  'GET /api/cases/:id': officials,
  'POST /api/cases/:id/actions': officials,
  'POST /api/cases/:id/letter': officials,
  'POST /api/cases/:id/letter/preview': officials,
  'GET /api/letters/:id': officials,
  'GET /api/letter-templates': people,
  'POST /api/letter-templates': coordinators,
  'POST /api/people/search': [...officials, 'hand-out'],
  'GET /api/people/:id': [...officials, 'hand-out'],
  'POST /api/people/:id/export': ['decide'],
  'POST /api/people/:id/erase': ['decide'],
  // Who looks after the others' looking: not a clerk, and not an administrator either.
  'GET /api/audit': ['audit'],
  'POST /api/audit/export': ['audit'],
  'POST /api/audit/person': ['audit'],
  'GET /api/audit/chain': ['audit'],
  'POST /api/audit/chain': ['audit'],
  'POST /api/holders': ['hand-out'],
  'GET /api/holders/:number': [...officials, 'hand-out'],
  'POST /api/holders/:number/actions': ['hand-out'],
  'GET /api/accounts': administrators,
  'POST /api/accounts/:name': administrators,
  'POST /api/accounts/:name/reset': administrators,
  'POST /api/accounts/:name/end-sessions': administrators,
  'POST /api/accounts/:name/disable': administrators,
  'POST /api/accounts/:name/remove': administrators,
  'POST /api/invitations': administrators,
  'POST /api/invitations/:id/withdraw': administrators,
  'POST /api/sign-in-settings': administrators,
  // By the secret of a one-time link: no account's right.
  'POST /api/invitations/look': callers,
  'POST /api/invitations/accept': callers,
  // A desk, and whoever is signed out, learns that it is nobody.
  'GET /api/me': callers,
  'POST /api/me/password': people,
  'GET /api/me/sessions': people,
  'POST /api/me/sessions/end': people,
  'POST /api/me/sessions/end-others': people,
  'GET /api/submissions/key': callers,
  'POST /api/submissions': ['referrer', 'receive'],
  'POST /api/submissions/missing': ['referrer', 'receive'],
  'GET /api/submissions/refused': ['receive'],
};
