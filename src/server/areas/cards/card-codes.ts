import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import { cardDocument } from '$lib/documents/register/card-document';
import { localDate } from '$lib/domain/time/day';
import { ApiFailure } from '../../api/api-failure';
import type { ApiSettings } from '../../api/api-routes';
import { requireRole } from '../../api/caller';
import { documentPath, UnexpectedCouchReply } from '../../couch/client';
import { currentKey } from '../../keys/key-store';
import { signCode } from '../../keys/signing-key';
import { registerDatabase } from '../../provision/databases';

/** R2: the office gets the signed code of a card of the register, to print it. */
export function addCardCodes(routes: FastifyInstance, { backend, keys, now }: ApiSettings): void {
  void routes.register((guarded, _options, done) => {
    guarded.addHook('preHandler', (request, reply) => requireRole(backend, request, reply, 'office'));
    guarded.post<{ Params: { number: string } }>('/cards/:number/code', async (request) => {
      const { number } = request.params;
      const card = await readCard(number);
      if (card.status !== 'active') {
        throw new ApiFailure(
          409,
          'not-active',
          `The card is ${card.status}: only an active card gets a code.`,
        );
      }
      const key = await currentKey(keys, localDate(now().getTime(), 'UTC'));
      if (!key) throw new ApiFailure(409, 'no-key', 'There is no signing key. Run: tiski keys rotate');
      return { number, code: await signCode(card, key) };
    });
    done();
  });

  async function readCard(number: string) {
    const path = documentPath(registerDatabase, `card:${number}`);
    const reply = await backend.client.request('GET', path);
    if (reply.status === 404) throw new ApiFailure(404, 'unknown-card', 'The register has no such card.');
    if (reply.status !== 200) throw new UnexpectedCouchReply('GET', path, reply);
    const parsed = v.safeParse(cardDocument, reply.body);
    if (parsed.success) return parsed.output;
    throw new ApiFailure(409, 'unreadable-card', 'The card in the register can not be read.');
  }
}
