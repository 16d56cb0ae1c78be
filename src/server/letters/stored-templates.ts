import * as v from 'valibot';
import { officeDatabase } from '$lib/documents/databases';
import { defaultTemplates } from '$lib/documents/letters/default-templates';
import {
  letterTemplates,
  letterTemplatesDocument,
  type LetterTemplatesFields,
} from '$lib/documents/letters/letter-templates-document';
import type { LetterTemplates } from '$lib/domain/benefit/letter/letter-templates';
import { ApiFailure } from '../api-failure';
import { documentPath, UnexpectedCouchReply, type CouchClient } from '../couch/client';
import { storeAlone } from '../couch/store-alone';

const id = 'letter-templates:city';

export interface StoredTemplates {
  templates: LetterTemplates;
  /** Absent until a coordinator has written something: then they are Tiski's own. */
  rev?: string;
}

/** What letters say. @throws if what is stored can't be read: no letter falls back to other words */
export async function readTemplates(client: CouchClient): Promise<StoredTemplates> {
  const path = documentPath(officeDatabase, id);
  const reply = await client.request('GET', path);
  if (reply.status === 404) return { templates: defaultTemplates };
  if (reply.status !== 200) throw new UnexpectedCouchReply('GET', path, reply);
  const { _rev: rev, ...stored } = v.parse(letterTemplatesDocument, reply.body);
  return { templates: v.parse(letterTemplates, stored), ...(rev !== undefined && { rev }) };
}

/** @throws {ApiFailure} 409 `changed` unless `rev` is the stored one */
export async function storeTemplates(
  client: CouchClient,
  templates: LetterTemplatesFields,
  rev: string | undefined,
): Promise<void> {
  const document = {
    _id: id,
    ...(rev !== undefined && { _rev: rev }),
    type: 'letter-templates',
    v: 1,
    ...templates,
  };
  if ((await storeAlone(client, officeDatabase, document)) === 'stored') return;
  throw new ApiFailure(409, 'changed', 'Somebody else has changed the letters. Look again.');
}
