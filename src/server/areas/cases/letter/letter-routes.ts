import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import { letterSending } from '$lib/documents/letters/letter-document';
import { ApiFailure } from '../../../api-failure';
import type { ApiSettings } from '../../../api/api-settings';
import { requireRight } from '../../../api/caller';
import { bodyOf } from '../../../api/json-bodies';
import { readCase } from '../../../people/people-documents';
import { previewLetter, sendLetter } from './send-letter';
import { readLetter } from './stored-letter';

type LetterSettings = Pick<ApiSettings, 'backend' | 'audit' | 'now'>;

const sendBody = v.object({
  ...letterSending.entries,
  rev: v.pipe(v.string(), v.maxLength(100)),
});

/**
 * What a stored letter may do in a browser: show itself, in a frame of ours, and be printed. Nothing is
 * loaded, and no script runs, whatever somebody has typed.
 */
const letterPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  'sandbox allow-same-origin allow-modals',
].join('; ');

/** Letters about decisions: previewed, sent, and read again as they were sent. */
export function addCaseLetters(routes: FastifyInstance, { backend, audit: log, now }: LetterSettings): void {
  const { client } = backend;
  const sending = { client, log, now };

  routes.post<{ Params: { id: string } }>('/cases/:id/letter/preview', async (asked, reply) => {
    const by = await requireRight(backend, asked, reply, 'receive', 'decide');
    return previewLetter(sending, asked.params.id, parsed(letterSending, bodyOf(asked)), by);
  });

  routes.post<{ Params: { id: string } }>('/cases/:id/letter', async (asked, reply) => {
    const by = await requireRight(backend, asked, reply, 'receive', 'decide');
    return sendLetter(sending, asked.params.id, parsed(sendBody, bodyOf(asked)), by);
  });

  routes.get<{ Params: { id: string } }>('/letters/:id', async (asked, reply) => {
    const by = await requireRight(backend, asked, reply, 'receive', 'decide');
    const letter = await readLetter(client, asked.params.id);
    if (letter === undefined) throw new ApiFailure(404, 'unknown-letter', 'There is no such letter.');
    const person = (await readCase(client, letter.case))?.person;
    await log({
      account: by.account,
      action: 'letter-read',
      case: letter.case,
      ...(person !== undefined && { people: [person] }),
      rights: [...by.rights],
      about: letter._id,
    });
    return reply
      .header('content-security-policy', letterPolicy)
      .type('text/html; charset=utf-8')
      .send(Buffer.from(letter.html, 'utf8'));
  });
}

/** @throws {ApiFailure} 400 naming the member at fault */
function parsed<T>(schema: v.GenericSchema<unknown, T>, body: unknown): T {
  const result = v.safeParse(schema, body);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue) ?? 'way';
  throw new ApiFailure(400, 'bad-request', `${field}: ${issue.message}`, field);
}
