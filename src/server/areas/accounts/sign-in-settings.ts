import * as v from 'valibot';
import {
  lockAfterMinutes,
  signInSettingsDocument,
  usualLockAfterMinutes,
} from '$lib/documents/accounts/account-document';
import { desksDatabase } from '$lib/documents/databases';
import { ApiFailure } from '../../api-failure';
import { documentPath, type CouchClient } from '../../couch/client';
import type { JsonObject } from '../../couch/json';
import { storeAlone } from '../../couch/store-alone';
import { changedMeanwhile } from './stored-account';

const id = 'sign-in-settings:city';

async function stored(client: CouchClient) {
  const { body } = await client.request('GET', documentPath(desksDatabase, id));
  const parsed = v.safeParse(signInSettingsDocument, body);
  return parsed.success ? parsed.output : undefined;
}

/** After how many idle minutes the office's screens lock. */
export const readLockAfterMinutes = async (client: CouchClient): Promise<number> =>
  (await stored(client))?.lockAfterMinutes ?? usualLockAfterMinutes;

/** @throws {ApiFailure} 400 */
export function lockAfterMinutesFrom(body: JsonObject): number {
  const parsed = v.safeParse(lockAfterMinutes, body['lockAfterMinutes']);
  if (parsed.success) return parsed.output;
  throw new ApiFailure(400, 'invalid-minutes', 'Between 1 and 60 minutes.', 'lockAfterMinutes');
}

/** @throws {ApiFailure} 409 */
export async function storeLockAfterMinutes(client: CouchClient, minutes: number): Promise<void> {
  const before = await stored(client);
  const document = {
    ...before,
    _id: id,
    type: 'sign-in-settings',
    v: 1,
    lockAfterMinutes: minutes,
  };
  if ((await storeAlone(client, desksDatabase, document)) === 'conflict') throw changedMeanwhile();
}
