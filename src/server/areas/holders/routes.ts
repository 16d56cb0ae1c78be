import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import { cardNumber } from '$lib/documents/fields';
import { cardStateOf, foldCard } from '$lib/domain/benefit/card-life';
import { rightOf, rightStateOn } from '$lib/domain/benefit/right';
import { ApiFailure } from '../../api-failure';
import type { ApiSettings } from '../../api/api-settings';
import { requireRight } from '../../api/caller';
import { bodyOf } from '../../api/json-bodies';
import { cityDay } from '../../criteria/stored-criteria';
import { actOnCard, cardAction } from './act-on-card';
import { readCardLog } from './card-logs';
import { handOutCard, handOutRequest } from './hand-out';

type HoldersSettings = Pick<ApiSettings, 'backend' | 'people' | 'audit' | 'now'>;
interface OfCard {
  Params: { number: string };
}

const actionBody = v.object({ action: cardAction, rev: v.pipe(v.string(), v.maxLength(100)) });

/** Cards in people's hands: handed out, blocked, replaced, renewed. Whoever looks is logged. */
export function addHolders(
  routes: FastifyInstance,
  { backend, people: index, audit, now }: HoldersSettings,
): void {
  const { client } = backend;
  const handing = { client, index, log: audit, now };

  routes.post('/holders', async (asked, reply) => {
    const by = await requireRight(backend, asked, reply, 'hand-out');
    const number = await handOutCard(handing, parsedBody(handOutRequest, bodyOf(asked)), by);
    return reply.code(201).send({ number });
  });

  routes.get<OfCard>('/holders/:number', async (asked, reply) => {
    const by = await requireRight(backend, asked, reply, 'hand-out', 'receive', 'decide');
    const number = parsedNumber(asked.params.number);
    const { _rev: rev, person, card, right, case: file } = await readCardLog(client, number);
    await audit({
      account: by.account,
      action: 'card-read',
      people: [person],
      about: number,
      rights: [...by.rights],
    });
    const life = foldCard(number, card);
    return {
      number,
      rev,
      person,
      ...(file !== undefined && { case: file }),
      state: cardStateOf(life),
      ...(life.blocked !== undefined && { blocked: life.blocked }),
      ...(life.successor !== undefined && { successor: life.successor }),
      right: rightOf(right),
      rightState: rightStateOn(right, cityDay(now()), 0),
    };
  });

  routes.post<OfCard>('/holders/:number/actions', async (asked, reply) => {
    const by = await requireRight(backend, asked, reply, 'hand-out');
    const body = parsedBody(actionBody, bodyOf(asked));
    const successor = await actOnCard(handing, parsedNumber(asked.params.number), body, by);
    return { ...(successor !== undefined && { successor }) };
  });
}

function parsedNumber(text: string): string {
  if (v.is(cardNumber, text)) return text;
  throw new ApiFailure(404, 'unknown-card', 'Nobody was given this card.');
}

/** @throws {ApiFailure} 400 that names the member at fault */
function parsedBody<T>(schema: v.GenericSchema<unknown, T>, body: unknown): T {
  const parsed = v.safeParse(schema, body);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const field = v.getDotPath(issue) ?? 'body';
  throw new ApiFailure(400, 'bad-request', `${field}: ${issue.message}`, field);
}
