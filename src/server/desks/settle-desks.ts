import * as v from 'valibot';
import { desksDatabase } from '$lib/documents/databases';
import { documentPath, requireOk, type CouchClient } from '../couch/client';
import { isJsonObject, type JsonObject } from '../couch/json';
import { usersDatabase } from '../couch/route';
import { userDocumentId } from '../couch/users-access';
import { isDeskRole, revokeDeskAccount } from './desk-account';
import { deskDocument, deskIdOf, readDesks, type DeskDocument } from './desk-document';
import { revokeDesk } from './desks';

const accountRows = v.object({
  rows: v.array(
    v.looseObject({ doc: v.nullish(v.looseObject({ name: v.string(), roles: v.array(v.string()) })) }),
  ),
});
const leaves = v.array(v.object({ ok: v.looseObject({ _rev: v.string() }) }));

/** Changes per round. */
const pageSize = 500;

const changesPage = v.object({
  results: v.array(
    v.object({
      id: v.string(),
      doc: v.nullish(v.looseObject({ _conflicts: v.optional(v.array(v.string()), []) })),
    }),
  ),
  last_seq: v.union([v.string(), v.number()]),
});

/**
 * Repairs what separated nodes have left of desks. A change that only one of them had accepted may come back
 * with it after something else was done: then a desk has two branches, or an account that lost its rights has
 * them again. Of two branches the winner stands, and accounts that only the other names lose their rights; if
 * one says that the desk was revoked, it is. Follows the changes of tiski-desks, which also report branches
 * that a node brings: a look costs what came since the last one, the desks and their accounts.
 */
export class DeskSettler {
  #since = '0';

  constructor(private readonly client: CouchClient) {}

  /** One at a time. What fails is checked again the next time. @throws {UnexpectedCouchReply} */
  async settle(now: Date): Promise<void> {
    while (!(await this.#settlePage(now)));
    const { desks } = await readDesks(this.client);
    for (const account of await withRights(this.client, desks.flatMap(withoutRights))) {
      await revokeDeskAccount(this.client, account);
    }
  }

  /** Returns whether it was the last page. */
  async #settlePage(now: Date): Promise<boolean> {
    const query = new URLSearchParams({
      since: this.#since,
      limit: String(pageSize),
      include_docs: 'true',
      conflicts: 'true',
    });
    const body = await requireOk(this.client, 'GET', `/${desksDatabase}/_changes?${query}`);
    const { results, last_seq: last } = v.parse(changesPage, body);
    for (const { id, doc } of results) {
      if (doc && doc._conflicts.length > 0) await settleBranches(this.client, id, now);
    }
    this.#since = String(last);
    return results.length < pageSize;
  }
}

/** Accounts that should have no rights. */
const withoutRights = ({ account, formerAccounts = [], status }: DeskDocument): string[] =>
  status === 'revoked' ? [...formerAccounts, account] : formerAccounts;

/** Those of the accounts that have some. */
async function withRights(client: CouchClient, accounts: readonly string[]): Promise<string[]> {
  if (accounts.length === 0) return [];
  const path = `/${usersDatabase}/_all_docs?include_docs=true`;
  const { rows } = v.parse(
    accountRows,
    await requireOk(client, 'POST', path, { keys: accounts.map(userDocumentId) }),
  );
  return rows.flatMap(({ doc }) => (doc && doc.roles.some(isRight) ? [doc.name] : []));
}

const isRight = (role: string) => role !== 'revoked' && isDeskRole(role);

async function settleBranches(client: CouchClient, id: string, now: Date): Promise<void> {
  const path = documentPath(desksDatabase, id);
  const winner = await requireOk(client, 'GET', `${path}?r=3`);
  const all = v.parse(leaves, await requireOk(client, 'GET', `${path}?open_revs=all&r=3`));
  const others = all.flatMap(({ ok }) => (ok['_deleted'] === true || ok._rev === revOf(winner) ? [] : [ok]));
  for (const other of others) await giveUp(client, other, winner, now);
}

async function giveUp(client: CouchClient, other: JsonObject, winner: unknown, now: Date): Promise<void> {
  const [lost, stands] = [v.safeParse(deskDocument, other), v.safeParse(deskDocument, winner)];
  if (lost.success && stands.success) {
    if (lost.output.status === 'revoked') await revokeDesk(client, deskIdOf(lost.output), now);
    if (lost.output.account !== stands.output.account) await revokeDeskAccount(client, lost.output.account);
  }
  await client.request(
    'DELETE',
    `${documentPath(desksDatabase, String(other['_id']))}?rev=${String(other['_rev'])}`,
  );
}

const revOf = (document: unknown): unknown => (isJsonObject(document) ? document['_rev'] : undefined);
