import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import type { Review } from '$lib/documents/review/find-conflicts';
import { ApiFailure } from '../../api-failure';
import type { ApiSettings } from '../../api/api-settings';
import { requireAuthor, requireRole } from '../../api/caller';
import { bodyOf } from '../../api/json-bodies';
import { sectors } from '../../provision/catalogue';
import { resolutionRequest, resolveReview, reviewsOf } from './reviews';

/** The office's review list: what desks did separately, and how it is resolved. */
export function addReviews(
  routes: FastifyInstance,
  { backend, now }: Pick<ApiSettings, 'backend' | 'now'>,
): void {
  const { client } = backend;
  routes.get('/reviews', async (asked, reply) => {
    await requireRole(backend, asked, reply, 'office');
    const found = await Promise.all(
      (await sectors(client)).map(async (sector) =>
        (await reviewsOf(client, sector, now())).map((review) => ({ sector, ...review })),
      ),
    );
    return { reviews: found.flat().sort((a, b) => newestOf(b) - newestOf(a)) };
  });

  routes.post('/reviews', async (asked, reply) => {
    const by = await requireAuthor(backend, asked, reply, 'office');
    const parsed = v.safeParse(resolutionRequest, bodyOf(asked));
    if (!parsed.success)
      throw new ApiFailure(400, 'bad-request', 'sector, conflict, seen or decision is wrong.');
    return { resolution: await resolveReview(client, parsed.output, by, now()) };
  });
}

const newestOf = ({ conflict }: Review) => conflict.entries.at(-1)?.at ?? 0;
