import * as v from 'valibot';
import { documentPath, requireOk, type CouchClient } from '../couch/client';
import { epochId } from '../couch/route';
import { registerDatabase } from '../provision/databases';

const epochAnswer = v.object({ epoch: v.string() });

/** Of the register's copy on this server. @throws {UnexpectedCouchReply} when it has none */
export async function readEpoch(client: CouchClient): Promise<string> {
  const body = await requireOk(client, 'GET', documentPath(registerDatabase, epochId));
  return v.parse(epochAnswer, body).epoch;
}
