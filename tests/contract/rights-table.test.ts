import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds, typesIn } from '$lib/documents/databases';
import { personRoles } from '$lib/documents/roles';
import { allowedMethods, parseRoute } from '../../src/server/couch/route';
import { deskRoles, isDeskRole } from '../../src/server/desks/desk-account';
import { fixedPlans, visitsPlan } from '../../src/server/provision/databases';
import {
  accountRights,
  apiRights,
  callers,
  databaseRights,
  serverRights,
  type Caller,
  type Callers,
} from '../rights-table';
import { targets, type Account, type Target } from './couch-target';
import { faultsOfAccounts } from './rights-accounts';
import { calledRoutes, faultsOfCalls } from './rights-api';
import { startRightsCity, type RightsCity } from './rights-city';
import { newDocument, type Document } from './rights-documents';
import { inline, type Asking } from './rights-doors';
import { databaseReads, faultsOfReads, readsOf } from './rights-reads';
import { faultsOfLocal, faultsOfSecurity, faultsOfServer } from './rights-rules';
import {
  faultsOfWrites,
  firstAttachments,
  foreignDeletions,
  foreignWrites,
  storeDocuments,
  writesOf,
} from './rights-writes';

const plans = [...fixedPlans, visitsPlan('liikunta')];
const allTypes = plans.flatMap(({ kind }): readonly string[] => typesIn(kind));
const granted = (types: readonly string[], may: (type: string) => Callers) =>
  Object.fromEntries(types.map((type) => [type, may(type)]));

describe('the rights table has a row for everything, and for nothing else', () => {
  it('databases, and types that belong in one of them', () => {
    expect(plans.map(({ kind }) => kind).sort()).toEqual([...databaseKinds].sort());
    expect(allTypes).toHaveLength(new Set(allTypes).size);
  });

  it('roles', () => {
    const ofPeople = callers.filter((caller) => personRoles.some((role) => role === caller));
    expect(ofPeople.sort()).toEqual([...personRoles].sort());
    const members = plans.flatMap(({ members, admins }) => [...members, ...admins]);
    const known = (role: string) =>
      [...personRoles, '_admin'].some((each) => each === role) || isDeskRole(role);
    expect(members.filter((role) => !known(role))).toEqual([]);
    expect(deskRoles('x', ['y'], ['z'])).toEqual(['desk', 'venue:x', 'sector:y', 'former:z']);
  });

  it('requests under /api', () => {
    expect(calledRoutes.sort()).toEqual(Object.keys(apiRights).sort());
  });
});

describe.each(targets)('the rights table, over $name', ({ name: store, start }) => {
  let city: RightsCity;
  let target: Target;
  /** What was requested below /couch, e.g. `GET changes`. */
  const asked = new Set<string>();

  beforeAll(async () => {
    city = await startRightsCity(start);
    target = {
      ...city.target,
      couch(method, path, options) {
        asked.add(`${method} ${parseRoute(method, path.replace(/\?.*/, '')).kind}`);
        return city.target.couch(method, path, options);
      },
    };
  });
  afterAll(() => city.target.stop());

  /** With the embedded store the role `administrator` is the server's administrator. */
  const isGranted = (caller: Caller, may: Callers) =>
    may.includes(caller) || (store === 'embedded' && caller === 'administrator' && may.includes('server'));
  const asking = (caller: Caller, database: string): Asking => ({
    target,
    database,
    as: city.accountOf(caller),
    desk: city.hall.name,
    isAllowed: (may) => isGranted(caller, may),
  });

  async function faultsOfAll(faultsOf: (caller: Caller) => Promise<string[]>): Promise<string[]> {
    const faults: string[] = [];
    for (const caller of callers) {
      faults.push(...(await faultsOf(caller)).map((fault) => `${caller}: ${fault}`));
    }
    return faults;
  }

  describe.each(plans)('$name', ({ name: database, kind }) => {
    const rights = databaseRights[kind];
    const types: readonly string[] = typesIn(kind);

    it('is written as in the table', async () => {
      const { rules, otherTypes, reservedTypes } = rights;
      const design = { create: rules, change: rules, delete: rules, attach: rules };
      const foreign = allTypes.filter((type) => !types.includes(type));
      const foreignRights = (may: Callers) => granted(foreign, (type) => reservedTypes[type] ?? may);
      const faults = await faultsOfAll((caller) => {
        const from = asking(caller, database);
        return faultsOfWrites(from, [
          ...writesOf(from, { ...rights.types, _design: design }),
          ...firstAttachments(from, { ...granted(types, () => []), _design: rules }),
          ...foreignWrites(from, foreignRights(otherTypes.create)),
          ...foreignDeletions(from, foreignRights(otherTypes.delete)),
        ]);
      });
      expect(faults).toEqual([]);
    });

    it('is read as in the table', async () => {
      const documents = types.map((type): Document => {
        const document = newDocument(type, city.hall.name);
        const hasAttachment = rights.types[type]?.attach.length !== 0;
        return hasAttachment ? { ...document, _attachments: inline } : document;
      });
      await storeDocuments(target, database, documents);
      const faults = await faultsOfAll((caller) => {
        const from = asking(caller, database);
        const isFed = store === 'embedded';
        return faultsOfReads([...readsOf(from, rights, documents), ...databaseReads(from, rights, isFed)]);
      });
      expect(faults).toEqual([]);
    });

    it('has its rules and its _local as in the table', async () => {
      const faults = await faultsOfAll(async (caller) => {
        const from = asking(caller, database);
        return [...(await faultsOfSecurity(from, rights)), ...(await faultsOfLocal(from, rights))];
      });
      expect(faults).toEqual([]);
    });
  });

  it('the server is used as in the table', async () => {
    const faults = await faultsOfAll((caller) =>
      faultsOfServer(asking(caller, ''), {
        isOpen: isGranted(caller, serverRights['read what it is, and who they are']),
        maySignIn: isGranted(caller, serverRights['sign in']),
        mayManage: isGranted(caller, serverRights['list, make and remove databases']),
      }),
    );
    expect(faults).toEqual([]);
  });

  it('accounts are read and written as in the table', async () => {
    const faults = await faultsOfAll(async (caller) => {
      const as = city.accountOf(caller);
      return faultsOfAccounts({
        target,
        as,
        own: await twinOf(caller),
        isAllowed: (right) => isGranted(caller, accountRights[right]),
      });
    });
    expect(faults).toEqual([]);
  });

  /** Another account with the same roles: its password will change. A CouchDB's administrator has none. */
  async function twinOf(caller: Caller): Promise<Account | undefined> {
    const account = city.accountOf(caller);
    if (account === undefined || caller === 'server') return undefined;
    const path = `/_users/org.couchdb.user:${account.name}`;
    const { roles } = (await target.client.request('GET', path)).body as { roles: string[] };
    return target.addAccount(`twin-${account.name}`, roles);
  }

  // By the tests above.
  it('every address below /couch was requested, by every method that it has', () => {
    const all = Object.entries(allowedMethods).flatMap(([kind, methods]) =>
      methods.map((method) => `${method} ${kind}`),
    );
    expect([...asked].sort()).toEqual(all.sort());
  });

  it('what is under /api is called as in the table', async () => {
    const faults = await faultsOfAll((caller) =>
      faultsOfCalls(target, city.accountOf(caller), city.hall.name, (may) => isGranted(caller, may)),
    );
    expect(faults).toEqual([]);
  });

  it('every address that the server has is below /couch, or has a row', () => {
    // Fastify answers HEAD like GET; at the rest of /api there is nothing.
    const isOther = (route: string) =>
      !/^HEAD /.test(route) && !/^[A-Z]+ \/(couch|couch\/\*?|api\/\*)$/.test(route);
    expect([...target.routes].filter(isOther).sort()).toEqual(Object.keys(apiRights).sort());
  });
});
