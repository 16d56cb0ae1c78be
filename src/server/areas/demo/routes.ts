import type { FastifyInstance } from 'fastify';
import { localDate } from '$lib/domain/time/day';
import { AttemptLimiter } from '../../accounts/attempt-limiter';
import { ApiFailure } from '../../api-failure';
import type { ApiSettings } from '../../api/api-settings';
import { bodyOf } from '../../api/json-bodies';
import { limited } from '../../api/limited';
import { demoCards } from '../../demo/demo-cards';
import { isDemoStore } from '../../demo/demo-store';
import { addDesk, newDeskId } from '../../desks/desks';
import { currentKey } from '../../keys/key-store';
import { demoSignedCards } from './signed-cards';

type DemoSettings = Pick<ApiSettings, 'backend' | 'keys' | 'isDemo' | 'now'>;

const fiveMinutes = 5 * 60_000;

/** In a demo city anybody may open a desk; in a real one these addresses don't exist. */
export function addDemo(routes: FastifyInstance, { backend, keys, isDemo, now }: DemoSettings): void {
  const limiter = new AttemptLimiter(60, fiveMinutes, () => now().getTime());
  const requireDemo = async () => {
    // Another server process has marked this store since: this one would sign with a city's key.
    if (isDemo && (await isDemoStore(backend.client))) return;
    throw new ApiFailure(404, 'not-a-demo', 'This city is not a demo.');
  };
  routes.get('/demo/cards', async () => {
    await requireDemo();
    const today = localDate(now().getTime(), 'UTC');
    const key = await currentKey(keys, today);
    return { cards: [...demoCards(), ...(key ? await demoSignedCards(key, today) : [])] };
  });
  routes.post('/demo/desk', async (request, reply) => {
    await requireDemo();
    const { venue } = bodyOf(request);
    const id = newDeskId();
    // The same in every language.
    const issue = () => addDesk(backend.client, `Demo-${id.slice(0, 4)}`, venue, now(), id);
    const { code, expiresAt } = await limited(limiter, request, issue, true);
    return reply.code(201).send({ code, expiresAt });
  });
}
