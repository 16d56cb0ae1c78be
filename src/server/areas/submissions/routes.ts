import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { peopleDatabase } from '$lib/documents/databases';
import type { PersonRole } from '$lib/documents/roles';
import { isKind, kinds, submissionKinds } from '$lib/documents/submissions/kinds';
import {
  mostAsked,
  mostInBatch,
  submissionId,
  type SubmissionAnswer,
} from '$lib/documents/submissions/submission';
import { AttemptLimiter } from '../../accounts/attempt-limiter';
import { ApiFailure } from '../../api-failure';
import type { ApiSettings } from '../../api/api-settings';
import { requireRight, type Person } from '../../api/caller';
import { bodyOf } from '../../api/json-bodies';
import { isJsonObject } from '../../couch/json';
import { ToldEpochs } from '../../epochs/told-epochs';
import { publishedOfficeKeys, readOfficeKeys, submissionKeys } from '../../keys/office-key-store';
import { receive, type Identified } from './receive';
import { listRefused, whatIsStored } from './stored-submission';
import type { Takes } from './take';
import { referralTaker } from './take-referral';

/** Bytes of a request: twice what a device puts into one, or the longest submission with room to spare. */
export const submissionsBodyLimit = 512 * 1024;

/** Submissions of one account in an hour: a full day of a busy office comes at once when its line is back. */
export const mostInAnHour = 1_000;
const hour = 60 * 60_000;

/** Refusals that are listed, the newest first. */
const mostListed = 200;

type SubmissionSettings = Pick<ApiSettings, 'backend' | 'keys' | 'people' | 'audit' | 'now'>;

const questions = v.object({
  ids: v.pipe(v.array(submissionId), v.maxLength(mostAsked, `must have ${mostAsked} items at most`)),
});

/** All that somebody may need to send anything. */
const everyRight: readonly PersonRole[] = [...new Set(kinds.flatMap((kind) => submissionKinds[kind].rights))];

/** S20–S22: what devices submit, and what they need for it. */
export function addSubmissions(
  routes: FastifyInstance,
  { backend, keys, people: index, audit: log, now }: SubmissionSettings,
): void {
  const { client } = backend;
  const takes: Takes = { referral: referralTaker({ client, index, log, now }) };
  const senders = new WeakMap<FastifyRequest, Person>();
  const epochs = new ToldEpochs(client);
  const limiter = new AttemptLimiter(mostInAnHour, hour, () => now().getTime());

  // A public key, and the name of this copy of the store (S22): nothing about anybody.
  routes.get('/submissions/key', async () => {
    const epoch = await epochs.epochOf(peopleDatabase);
    const newest = (await publishedOfficeKeys({ ...keys, client }, submissionKeys)).at(-1);
    if (newest === undefined) return { epoch };
    const { _id, jwk, madeAt } = newest;
    return { epoch, key: { kid: _id.slice('submission-key:'.length), jwk, madeAt } };
  });

  routes.post(
    '/submissions',
    {
      bodyLimit: submissionsBodyLimit,
      // Before the body is read: nobody else may send that much.
      onRequest: async (asked, reply) => {
        senders.set(asked, await requireRight(backend, asked, reply, ...everyRight));
      },
    },
    async (asked): Promise<{ submissions: SubmissionAnswer[] }> => {
      const items = itemsOf(bodyOf(asked)['submissions']);
      const sender = senderOf(asked);
      requireRights(items, sender);
      countItems(items, sender);
      const receiving = {
        ...{ client, takes, now, by: sender.account, rights: sender.rights },
        keys: await readOfficeKeys(keys, submissionKeys),
      };
      const submissions: SubmissionAnswer[] = [];
      // In turn: the same one may be among them twice.
      for (const item of items) submissions.push(await receive(item, receiving));
      return { submissions };
    },
  );

  routes.post(
    '/submissions/missing',
    {
      bodyLimit: submissionsBodyLimit,
      onRequest: async (asked, reply) => {
        senders.set(asked, await requireRight(backend, asked, reply, ...everyRight));
      },
    },
    async (asked): Promise<{ missing: string[] }> => {
      const parsed = v.safeParse(questions, bodyOf(asked));
      if (!parsed.success) {
        const [issue] = parsed.issues;
        throw new ApiFailure(400, 'bad-request', `ids ${issue.message}.`, 'ids');
      }
      const { ids } = parsed.output;
      const known = await whatIsStored(client, ids);
      return { missing: ids.filter((id) => !known.has(id)) };
    },
  );

  // Ids, times, accounts and faults: no body, and so nobody's name.
  routes.get('/submissions/refused', async (asked, reply) => {
    await requireRight(backend, asked, reply, 'receive');
    const listed = await listRefused(client, mostListed);
    const known = await whatIsStored(client, [...new Set(listed.map(({ of }) => of))]);
    const isOver = ({ of, hash }: { of: string; hash: string }) => {
      const stored = known.get(of);
      return stored === 'erased' || stored?.hash === hash;
    };
    return {
      refused: listed
        .filter((each) => !isOver(each))
        .map(({ of, kind, by, at, receivedAt, code, reason, field }) => ({
          id: of,
          ...{ kind, by, at, receivedAt, code, reason },
          ...(field !== undefined && { field }),
        })),
      hasMore: listed.length === mostListed,
    };
  });

  function senderOf(asked: FastifyRequest): Person {
    const sender = senders.get(asked);
    if (sender === undefined) throw new Error('The sender was admitted before the body was read.');
    return sender;
  }

  /** @throws {ApiFailure} 429 when the account has sent enough for this hour: all of it waits */
  function countItems(items: readonly Identified[], { account }: Person): void {
    const waitSeconds = limiter.waitSeconds(account);
    if (waitSeconds > 0) {
      const reason = `An account sends ${mostInAnHour} submissions an hour at most.`;
      const headers = { 'retry-after': String(waitSeconds) };
      throw new ApiFailure(429, 'too-many-requests', reason, undefined, headers);
    }
    for (let count = 0; count < items.length; count += 1) limiter.fail(account);
  }
}

/** What has no id can't be answered, and its sender is told so about the whole request. */
function itemsOf(submissions: unknown): Identified[] {
  if (!Array.isArray(submissions)) {
    throw new ApiFailure(400, 'bad-request', 'submissions must be a list.', 'submissions');
  }
  if (submissions.length > mostInBatch) {
    const reason = `submissions must have ${mostInBatch} items at most.`;
    throw new ApiFailure(413, 'too-large', reason, 'submissions');
  }
  return submissions.map((item: unknown, index): Identified => {
    const id = isJsonObject(item) ? v.safeParse(submissionId, item['id']) : undefined;
    if (isJsonObject(item) && id?.success) return { ...item, id: id.output };
    const field = `submissions.${index}.id`;
    throw new ApiFailure(400, 'bad-request', `${field} must be a ULID.`, field);
  });
}

/**
 * Each kind that is sent needs one of its own rights.
 * @throws {ApiFailure} 403: nothing of the request is stored, and its sender keeps it
 */
function requireRights(items: readonly Identified[], { rights }: Person): void {
  for (const { kind } of items) {
    if (typeof kind !== 'string' || !isKind(kind)) continue;
    const needed = submissionKinds[kind].rights;
    if (needed.some((right) => rights.has(right))) continue;
    throw new ApiFailure(403, 'not-allowed', `This needs the right ${needed.join(' or ')}.`);
  }
}
