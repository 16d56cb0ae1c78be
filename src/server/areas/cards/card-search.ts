import type { FastifyInstance } from 'fastify';
import { maxScannedLength, readCode, type ScannedCode } from '$lib/domain/code/scan-code';
import { ApiFailure } from '../../api/api-failure';
import { bodyOf, type ApiSettings } from '../../api/api-routes';
import { requireRole } from '../../api/caller';
import { documentPath, UnexpectedCouchReply, type CouchClient } from '../../couch/client';
import { registerDatabase } from '../../provision/databases';
import { CodeIndex } from './code-index';

/**
 * The office finds a card by whatever a reader makes of it: its number, a signed code, or a code of imported stock
 * (R1). It comes in the body, since a signed code has no business in addresses, which are written down on the way.
 * Its signature is not looked at: the office may see the card by its number as well.
 */
export function addCardSearch(routes: FastifyInstance, { backend }: ApiSettings): void {
  const index = new CodeIndex(backend.client);
  routes.post('/cards/find', async (request, reply) => {
    await requireRole(backend, request, reply, 'office');
    const { text } = bodyOf(request);
    if (typeof text !== 'string' || text.length > maxScannedLength) {
      throw new ApiFailure(400, 'bad-code', 'That is no code of a card.', 'text');
    }
    const number = await findNumber(backend.client, index, readCode(text));
    if (number === undefined) throw new ApiFailure(404, 'unknown-card', 'The register has no such card.');
    return { number };
  });
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
