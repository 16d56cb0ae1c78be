import type { Database } from './database';
import type { IncomingDocument } from './document-shape';
import { breathe } from './pieces';

/** Bytes of an attachment written at once: a multiple of three, so that the base64 pieces fit together. */
const sliceSize = 3 * 64 * 1024;

/**
 * The JSON text of a document from the store, with its attachments' bytes if requested: one after another, so
 * that only one is in memory.
 */
export async function* documentText(
  database: Database,
  document: IncomingDocument,
  withAttachments: boolean,
): AsyncGenerator<string> {
  const { _attachments: attachments, ...rest } = document;
  if (!withAttachments || attachments === undefined) {
    yield JSON.stringify(document);
    return;
  }
  yield `${JSON.stringify(rest).slice(0, -1)},"_attachments":{`;
  for (const [index, [name, attachment]] of Object.entries(attachments).entries()) {
    const facts = { content_type: undefined, digest: undefined, revpos: undefined, ...attachment };
    const { content_type, digest, revpos } = facts;
    const at = document._rev === undefined ? {} : { rev: document._rev };
    const bytes = await database.pouch.getAttachment(document._id, name, at);
    yield `${index === 0 ? '' : ','}${JSON.stringify(name)}:${JSON.stringify({ content_type, digest, revpos }).slice(0, -1)},"data":"`;
    for (let from = 0; from < (bytes as Buffer).length; from += sliceSize) {
      yield (bytes as Buffer).toString('base64', from, from + sliceSize);
      await breathe();
    }
    yield '"}';
  }
  yield '}}';
}

/** One document as the answer to a request for it. */
export async function* leafText(
  database: Database,
  leaf: unknown,
  withAttachments: boolean,
): AsyncGenerator<string> {
  const { ok } = leaf as { ok?: IncomingDocument };
  if (ok === undefined) {
    yield JSON.stringify(leaf);
    return;
  }
  yield '{"ok":';
  yield* documentText(database, ok, withAttachments);
  yield '}';
}

/** A list whose members come one by one. */
export async function* listText<T>(
  members: Iterable<T>,
  text: (member: T) => AsyncGenerator<string>,
): AsyncGenerator<string> {
  let isFirst = true;
  yield '[';
  for (const member of members) {
    if (!isFirst) yield ',';
    isFirst = false;
    yield* text(member);
  }
  yield ']';
}
