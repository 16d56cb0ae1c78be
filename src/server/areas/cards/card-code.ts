import * as v from 'valibot';
import { registerDatabase } from '$lib/documents/databases';
import { cardDocument, type CardDocument } from '$lib/documents/register/card-document';
import type { LocalDate } from '$lib/domain/time/day';
import { ApiFailure } from '../../api-failure';
import { documentPath, UnexpectedCouchReply, type CouchClient } from '../../couch/client';
import { currentKey, type KeyStore } from '../../keys/key-store';
import { signCode } from '../../keys/signing-key';

/**
 * R2: the signed code of a card in the register, for printing.
 * @throws {ApiFailure} 404 unknown, 409 if the card can't have a code or the server can't sign one
 */
export async function signedCardCode(
  client: CouchClient,
  keys: KeyStore,
  number: string,
  today: LocalDate,
): Promise<string> {
  const card = await readCard(client, number);
  if (card.status !== 'active') {
    const reason = `The card is ${card.status}: only an active card gets a code.`;
    throw new ApiFailure(409, 'not-active', reason);
  }
  const key = await currentKey(keys, today);
  if (!key) throw new ApiFailure(409, 'no-key', 'There is no signing key. Run: tiski keys rotate');
  return signCode(card, key);
}

async function readCard(client: CouchClient, number: string): Promise<CardDocument> {
  const path = documentPath(registerDatabase, `card:${number}`);
  const reply = await client.request('GET', path);
  if (reply.status === 404) throw new ApiFailure(404, 'unknown-card', 'The register has no such card.');
  if (reply.status !== 200) throw new UnexpectedCouchReply('GET', path, reply);
  const parsed = v.safeParse(cardDocument, reply.body);
  if (parsed.success) return parsed.output;
  throw new ApiFailure(409, 'unreadable-card', 'The card in the register can not be read.');
}
