import { randomInt } from 'node:crypto';
import * as v from 'valibot';
import { counterRulesField } from '$lib/documents/fleet/counter-rules-field';
import { counterRulesFrom, type CounterRules } from '$lib/domain/fleet/counter-rules';
import { ApiFailure } from '../api-failure';
import type { CouchClient } from '../couch/client';
import { hasVenue } from '../provision/catalogue';
import { provisionSectors } from '../provision/provision';
import { revokeDeskAccount } from './desk-account';
import {
  changedMeanwhile,
  deskById,
  deskDocumentId,
  deskIdOf,
  readDesks,
  storeDesk,
  type DeskDocument,
  type DeskStatus,
} from './desk-document';
import { newPairingCode, pairingCodeHash, pairingCodeLifeMs } from './pairing-code';

/** A desk as /api/desks describes it. */
export interface DeskView {
  id: string;
  name: string;
  venue: string;
  account: string;
  status: DeskStatus;
  createdAt: string;
  pairedAt?: string;
  revokedAt?: string;
  /** What its staff may do. */
  rules: CounterRules;
  /** When the open code expires, if there is one. */
  codeExpiresAt?: string;
}

/** A fresh pairing code: shown once, never stored. */
export interface IssuedCode {
  desk: DeskView;
  /** XXXX-XXXX */
  code: string;
  /** ISO instant */
  expiresAt: string;
}

const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
export const newDeskId = () => Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('');
export const accountNameFrom = (id: string) => `desk-${id}`;
/** Whether an account has the kind of name that desks get. */
export const isDeskName = (account: string) => account.startsWith(accountNameFrom(''));

function deskView(desk: DeskDocument): DeskView {
  const { name, venue, account, status, createdAt, pairedAt, revokedAt, rules, code } = desk;
  return {
    id: deskIdOf(desk),
    name,
    venue,
    account,
    status,
    createdAt,
    rules: counterRulesFrom(rules),
    ...(pairedAt === undefined ? {} : { pairedAt }),
    ...(revokedAt === undefined ? {} : { revokedAt }),
    ...(code === undefined ? {} : { codeExpiresAt: code.expiresAt }),
  };
}

/** Every desk, the oldest first, and the ids of those whose documents can't be read. */
export async function listDesks(client: CouchClient): Promise<{ desks: DeskView[]; unreadable: string[] }> {
  const { desks, unreadable } = await readDesks(client);
  const oldestFirst = desks.map(deskView).sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  return { desks: oldestFirst, unreadable };
}

function withCode(desk: DeskDocument, now: Date): { desk: DeskDocument; code: string; expiresAt: string } {
  const code = newPairingCode();
  const hash = pairingCodeHash(code);
  if (hash === undefined) throw new Error('an invalid pairing code was generated');
  const expiresAt = new Date(now.getTime() + pairingCodeLifeMs).toISOString();
  return { desk: { ...desk, code: { hash, expiresAt } }, code, expiresAt };
}

/**
 * Adds a desk and issues its first pairing code.
 * @throws {ApiFailure} 400 for an invalid name or venue
 */
export async function addDesk(
  client: CouchClient,
  name: unknown,
  venue: unknown,
  now: Date,
  id = newDeskId(),
): Promise<IssuedCode> {
  if (typeof name !== 'string' || name.trim() === '' || name.trim().length > 60) {
    throw new ApiFailure(400, 'invalid-name', 'A desk needs a name of 1 to 60 characters.', 'name');
  }
  if (typeof venue !== 'string' || !/^[a-z0-9][a-z0-9-]*$/.test(venue) || !(await hasVenue(client, venue))) {
    throw new ApiFailure(400, 'unknown-venue', 'There is no such venue in the catalogue.', 'venue');
  }
  await provisionSectors(client);
  const issued = withCode(
    {
      _id: deskDocumentId(id),
      type: 'desk',
      v: 1,
      name: name.trim(),
      venue,
      account: accountNameFrom(id),
      status: 'waiting',
      createdAt: now.toISOString(),
    },
    now,
  );
  if (!(await storeDesk(client, issued.desk))) throw changedMeanwhile();
  return { desk: deskView(issued.desk), code: issued.code, expiresAt: issued.expiresAt };
}

async function requireDesk(client: CouchClient, id: string): Promise<DeskDocument> {
  const desk = await deskById(client, id);
  if (desk === undefined) throw new ApiFailure(404, 'unknown-desk', 'There is no such desk.');
  if (desk === 'unreadable') {
    const reason = 'The document of this desk is damaged, or of a newer version.';
    throw new ApiFailure(409, 'unreadable-desk', reason);
  }
  return desk;
}

async function requireDeskInUse(client: CouchClient, id: string): Promise<DeskDocument> {
  const desk = await requireDesk(client, id);
  if (desk.status !== 'revoked') return desk;
  throw new ApiFailure(409, 'desk-revoked', 'This desk was revoked. Add a new one.');
}

/**
 * Issues another code for a desk: its first has expired, or it gets a new device.
 * @throws {ApiFailure} 404 unknown, 409 revoked
 */
export async function renewCode(client: CouchClient, id: string, now: Date): Promise<IssuedCode> {
  const desk = await requireDeskInUse(client, id);
  const issued = withCode(desk, now);
  if (!(await storeDesk(client, issued.desk))) throw changedMeanwhile();
  return { desk: deskView(issued.desk), code: issued.code, expiresAt: issued.expiresAt };
}

/**
 * Sets what a desk's staff may do; the device learns it from the answer to its next report (S15).
 * @throws {ApiFailure} 400 for anything but the three rules, 404 unknown, 409 revoked
 */
export async function changeRules(client: CouchClient, id: string, body: unknown): Promise<DeskView> {
  const parsed = v.safeParse(counterRulesField, body);
  if (!parsed.success) {
    const reason = 'The rules are mayOverride, mayType and logsAtOnce, each true or false.';
    throw new ApiFailure(400, 'invalid-rules', reason);
  }
  const changed: DeskDocument = { ...(await requireDeskInUse(client, id)), rules: parsed.output };
  if (!(await storeDesk(client, changed))) throw changedMeanwhile();
  return deskView(changed);
}

/**
 * Revokes a desk: its accounts, including former ones, keep their passwords and lose every right. That comes
 * first, so that no desk is shown as revoked that can still read; if anything stops it halfway, the office
 * presses again.
 * @throws {ApiFailure} 404
 */
export async function revokeDesk(client: CouchClient, id: string, now: Date): Promise<DeskView> {
  const desk = await requireDesk(client, id);
  const revoked: DeskDocument =
    desk.status === 'revoked' ? desk : { ...desk, status: 'revoked', revokedAt: now.toISOString() };
  delete revoked.code;
  const { account, formerAccounts = [] } = desk;
  for (const each of [account, ...formerAccounts]) await revokeDeskAccount(client, each);
  if (!(await storeDesk(client, revoked))) throw changedMeanwhile();
  return deskView(revoked);
}
