import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ulid } from 'ulid';
import * as v from 'valibot';
import { officeDatabase } from '$lib/documents/databases';
import { parseRescueContent, type RescueContent } from '$lib/documents/fleet/rescue-file';
import { ApiFailure } from '../../api-failure';
import type { ApiSettings } from '../../api/api-settings';
import { requireRole } from '../../api/caller';
import { bodyOf } from '../../api/json-bodies';
import { documentPath, requireOk } from '../../couch/client';
import { deskIdOf, deskOfAccount, type DeskDocument } from '../../desks/desk-document';
import type { KeyStore } from '../../keys/key-store';
import { readOfficeKeys, rescueKeys } from '../../keys/office-key-store';
import { openRescueFile } from '../../keys/rescue-key';
import { takeIn, type RescueResult } from './take-in';

/** Bytes of a request with a rescue file: some 35,000 visits. */
export const rescueBodyLimit = 32 * 1024 * 1024;

type RescueSettings = Pick<ApiSettings, 'backend' | 'keys' | 'now'>;

const request = v.object({ file: v.string() });

/** S16: the office takes in what a desk had saved to a file. */
export function addRescue(routes: FastifyInstance, { backend, keys, now }: RescueSettings): void {
  const { client } = backend;
  const callers = new WeakMap<FastifyRequest, string>();
  // One file at a time: they are large, and two people may choose the same one.
  let turn: Promise<unknown> = Promise.resolve();

  routes.post(
    '/rescue',
    {
      bodyLimit: rescueBodyLimit,
      // Before the body is read: nobody else may send that much.
      onRequest: async (asked, reply) => {
        callers.set(asked, await requireRole(backend, asked, reply, 'office'));
      },
    },
    async (asked) => {
      const parsed = v.safeParse(request, bodyOf(asked));
      if (!parsed.success) throw new ApiFailure(400, 'bad-request', 'file must be text.', 'file');
      const by = callers.get(asked) ?? '';
      const taken = turn.then(() => takeInFile(parsed.output.file, by));
      turn = taken.catch(() => undefined);
      return taken;
    },
  );

  async function takeInFile(file: string, by: string) {
    const content = await openContent(file, keys);
    const desk = await deskOfAccount(client, content.desk);
    if (!desk) throw new ApiFailure(400, 'unknown-desk', 'The file is from a desk that is not of this city.');
    const documents = await takeIn(client, content, desk);
    await note(content, desk, documents, by);
    const { exportedAt } = content;
    return { desk: { id: deskIdOf(desk), name: desk.name }, exportedAt, documents };
  }

  /** A file doesn't prove its sender, so the office keeps a record of who took it in, and of the result. */
  async function note(content: RescueContent, desk: DeskDocument, results: RescueResult[], by: string) {
    const at = now();
    const count = (kind: RescueResult['outcome']['kind']) =>
      results.filter(({ outcome }) => outcome.kind === kind).length;
    await requireOk(client, 'PUT', documentPath(officeDatabase, `rescue:${ulid(at.getTime())}`), {
      type: 'rescue',
      v: 1,
      by,
      at: at.toISOString(),
      desk: deskIdOf(desk),
      exportedAt: content.exportedAt,
      stored: count('stored'),
      alreadyThere: count('already-there'),
      different: count('different'),
      refused: count('refused'),
    });
  }
}

/** @throws {ApiFailure} 400 unless this server can take in the file */
async function openContent(file: string, keys: KeyStore): Promise<RescueContent> {
  const opened = await openRescueFile(file, await readOfficeKeys(keys, rescueKeys));
  switch (opened.kind) {
    case 'not-sealed':
      throw new ApiFailure(400, 'not-a-rescue-file', 'This is no rescue file of Tiski.', 'file');
    case 'unknown-key':
      throw new ApiFailure(
        400,
        'unknown-key',
        `The file was made for the key ${opened.kid}, which this server does not have.`,
        'file',
      );
    case 'damaged':
      throw new ApiFailure(400, 'damaged-file', 'The file is not as it was saved: copy it again.', 'file');
    case 'opened': {
      const parsed = parseRescueContent(opened.content);
      if (parsed.ok) return parsed.content;
      if (parsed.reason === 'invalid') {
        throw new ApiFailure(400, 'damaged-file', 'The content of the file can not be read.', 'file');
      }
      throw new ApiFailure(400, 'newer-file', 'The file is of a newer Tiski. Update the server.', 'file');
    }
  }
}
