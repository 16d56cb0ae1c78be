import type { IncomingDocument } from './document-shape';
import { CouchFailure } from './failure';

/**
 * A stub stands for the previous revision's attachment of that name, and for nothing else: the store itself
 * would accept any digest, and so hand out another document's attachment.
 * @throws {CouchFailure} 412 if the previous revision has none of that name
 */
export function fillAttachmentStubs(
  document: IncomingDocument,
  previous: IncomingDocument | undefined,
): IncomingDocument {
  if (document._attachments === undefined) return document;
  const attachments = Object.entries(document._attachments).map(([name, attachment]) => {
    if (!('stub' in attachment)) return [name, attachment] as const;
    const known = previous?._attachments;
    if (known === undefined || !Object.hasOwn(known, name)) {
      throw new CouchFailure(412, 'missing_stub', `Invalid attachment stub in ${document._id} for ${name}`);
    }
    return [name, known[name]] as const;
  });
  return {
    ...document,
    _attachments: Object.fromEntries(attachments) as IncomingDocument['_attachments'] & object,
  };
}
