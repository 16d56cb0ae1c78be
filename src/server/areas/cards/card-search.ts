import { registerDatabase } from '$lib/documents/databases';
import { maxScannedLength, readCode, type ScannedCode } from '$lib/domain/code/scan-code';
import { ApiFailure } from '../../api-failure';
import { documentPath, UnexpectedCouchReply, type CouchClient } from '../../couch/client';
import type { CodeIndex } from './code-index';

/**
 * The number of the card with a code, in whatever form a reader gives it: its number, a signed code, or a
 * code of imported stock (R1). Signatures are not verified: the office may look at the card by its number
 * anyway.
 * @throws {ApiFailure} 400 unless it is the text of a code
 */
export async function findCard(
  client: CouchClient,
  index: CodeIndex,
  text: unknown,
): Promise<string | undefined> {
  if (typeof text !== 'string' || text.length > maxScannedLength) {
    throw new ApiFailure(400, 'bad-code', 'That is no code of a card.', 'text');
  }
  return findNumber(client, index, readCode(text));
}

/** As a desk's register answers: by the number first, then by the codes of imported stock. */
async function findNumber(
  client: CouchClient,
  index: CodeIndex,
  code: ScannedCode,
): Promise<string | undefined> {
  switch (code.kind) {
    case 'impossible':
      return undefined;
    case 'signed':
      return (await hasCard(client, code.number)) ? code.number : undefined;
    case 'number':
      return (await hasCard(client, code.number)) ? code.number : index.find(code.number);
    case 'other':
      return index.find(code.value);
  }
}

async function hasCard(client: CouchClient, number: string): Promise<boolean> {
  const path = documentPath(registerDatabase, `card:${number}`);
  const reply = await client.request('GET', path);
  if (reply.status !== 200 && reply.status !== 404) throw new UnexpectedCouchReply('GET', path, reply);
  return reply.status === 200;
}
