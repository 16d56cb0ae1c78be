import { counterRulesFrom, type CounterRules } from '$lib/domain/fleet/counter-rules';
import { madeUpPassword } from '../accounts/made-up-password';
import { ApiFailure } from '../api-failure';
import type { CouchClient } from '../couch/client';
import { sectors } from '../provision/catalogue';
import { deskRoles, isRevokedAccount, putDeskAccount, revokeDeskAccount } from './desk-account';
import { allDesks, deskIdOf, storeDesk, type DeskDocument } from './desk-document';
import { accountNameFrom, newDeskId } from './desks';
import { pairingCodeHash } from './pairing-code';

/** What a device gets for its code. */
export interface PairedDesk {
  desk: { id: string; name: string; venue: string; sectors: string[]; rules: CounterRules };
  /** The device changes the password at once. */
  account: { name: string; password: string };
}

const unknownCode = () =>
  new ApiFailure(404, 'unknown-code', 'This code is not known. It may be mistyped or used already.', 'code');

/**
 * Never happens to desks that this server made; and no document, wherever it came from, makes a person's
 * account.
 */
const takenAccount = () =>
  new ApiFailure(409, 'account-taken', "The desk's account is not a desk's, or was revoked. Add a new desk.");

/**
 * Redeems a pairing code: it works once, for ten minutes.
 * @throws {ApiFailure} 404 `unknown-code`, 409 `account-taken`, 410 `code-expired`
 */
export async function pairDesk(client: CouchClient, typed: unknown, now: Date): Promise<PairedDesk> {
  const hash = typeof typed === 'string' ? pairingCodeHash(typed) : undefined;
  const desk = hash === undefined ? undefined : await deskWithCode(client, hash);
  if (desk?.code === undefined) throw unknownCode();
  if (Date.parse(desk.code.expiresAt) <= now.getTime()) {
    throw new ApiFailure(410, 'code-expired', 'This code has run out. Ask for a fresh one.', 'code');
  }
  const paired = await pairedDocument(client, desk, now);
  // Storing it uses up the code: of two devices with the same code one comes too late.
  if (!(await storeDesk(client, paired))) throw unknownCode();
  const sectorNames = await sectors(client, paired.venue);
  const password = madeUpPassword();
  const roles = deskRoles(paired.venue, sectorNames, paired.formerAccounts ?? []);
  if ((await putDeskAccount(client, paired.account, roles, password)) === 'not-a-desk') throw takenAccount();
  // All of them: an earlier pairing may have been cut off here.
  for (const former of paired.formerAccounts ?? []) await revokeDeskAccount(client, former);
  return {
    desk: {
      id: deskIdOf(paired),
      name: paired.name,
      venue: paired.venue,
      sectors: sectorNames,
      rules: counterRulesFrom(paired.rules),
    },
    account: { name: paired.account, password },
  };
}

async function deskWithCode(client: CouchClient, hash: string): Promise<DeskDocument | undefined> {
  return (await allDesks(client)).find(({ code, status }) => status !== 'revoked' && code?.hash === hash);
}

/**
 * A device that replaces another gets its own account: it counts its visits from 1. So does a device whose
 * desk's account was left without rights by a revocation that was cut off.
 */
async function pairedDocument(client: CouchClient, desk: DeskDocument, now: Date): Promise<DeskDocument> {
  const paired: DeskDocument = {
    ...desk,
    status: 'paired',
    pairedAt: now.toISOString(),
    pairing: newDeskId(),
  };
  delete paired.code;
  if (desk.status === 'waiting' && !(await isRevokedAccount(client, desk.account))) return paired;
  return {
    ...paired,
    account: accountNameFrom(newDeskId()),
    formerAccounts: [...(desk.formerAccounts ?? []), desk.account],
  };
}
