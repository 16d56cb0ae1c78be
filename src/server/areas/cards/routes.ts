import type { FastifyInstance } from 'fastify';
import { localDate } from '$lib/domain/time/day';
import { ApiFailure } from '../../api-failure';
import type { ApiSettings } from '../../api/api-settings';
import { requireAuthor, requireRole } from '../../api/caller';
import { bodyOf } from '../../api/json-bodies';
import { signedCardCode } from './card-code';
import { findCard } from './card-search';
import { giveBackChoice, standingChoices } from './choices';
import { CodeIndex } from './code-index';

type CardsSettings = Pick<ApiSettings, 'backend' | 'keys' | 'now'>;
interface OfCard {
  Params: { number: string };
}

/** The office finds cards, prints their codes (R2), sees what a holder has chosen, and gives it back (R9). */
export function addCards(routes: FastifyInstance, { backend, keys, now }: CardsSettings): void {
  const { client } = backend;
  const index = new CodeIndex(client);

  // In the body, because addresses are logged on the way, and a signed code must not be.
  routes.post('/cards/find', async (request, reply) => {
    await requireRole(backend, request, reply, 'office');
    const number = await findCard(client, index, bodyOf(request)['text']);
    if (number === undefined) throw new ApiFailure(404, 'unknown-card', 'The register has no such card.');
    return { number };
  });

  routes.post<OfCard>('/cards/:number/code', async (request, reply) => {
    await requireRole(backend, request, reply, 'office');
    const { number } = request.params;
    const today = localDate(now().getTime(), 'UTC');
    return { number, code: await signedCardCode(client, keys, number, today) };
  });

  routes.get<OfCard>('/cards/:number/choices', async (request, reply) => {
    await requireRole(backend, request, reply, 'office');
    return { choices: await standingChoices(client, request.params.number) };
  });

  routes.post<OfCard>('/cards/:number/release', async (request, reply) => {
    const by = await requireAuthor(backend, request, reply, 'office');
    const { choice } = bodyOf(request);
    return { release: await giveBackChoice(client, request.params.number, choice, by, now()) };
  });
}
