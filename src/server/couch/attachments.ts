import { bytesOf } from '../bytes';
import type { Database } from './database';
import { requireAttachmentName, type AttachmentMember, type IncomingDocument } from './document-shape';
import { created, storedDocument, writeOne } from './document-routes';
import { jsonResponse, type CouchRequest, type CouchResponse, type UserContext } from './exchange';
import { conflict, notFound, failureFromPouch } from './failure';
import { revParameter } from './query';

/** What a request says about an attachment: where it is, and of which revision. */
export interface AttachmentAddress {
  id: string;
  name: string;
}

const missingAttachment = () => notFound('Document is missing attachment');

function own(document: IncomingDocument, name: string) {
  const attachments = document._attachments;
  return attachments !== undefined && Object.hasOwn(attachments, name) ? attachments[name] : undefined;
}

export async function getAttachment(
  database: Database,
  { id, name }: AttachmentAddress,
  request: CouchRequest,
): Promise<CouchResponse> {
  const rev = revParameter(request.query);
  const at = rev === undefined ? {} : { rev };
  const attachment = own(await storedDocument(database, id, at), name);
  if (attachment === undefined) throw missingAttachment();
  const bytes = (await database.pouch.getAttachment(id, name, at)) as Buffer;
  const contentType = 'content_type' in attachment ? attachment.content_type : 'application/octet-stream';
  return { status: 200, body: { kind: 'bytes', bytes: bytesOf(bytes), contentType } };
}

export async function putAttachment(
  database: Database,
  { id, name }: AttachmentAddress,
  request: CouchRequest,
  user: UserContext,
): Promise<CouchResponse> {
  const document = await documentForEdit(database, id, request, true);
  const attachment = {
    data: Buffer.from(request.bytes()).toString('base64'),
    content_type: request.headers.contentType ?? 'application/octet-stream',
  };
  const attachments = { ...stubsOf(document), [requireAttachmentName(name)]: attachment };
  const next = { ...document, _attachments: attachments };
  return created(await writeOne(database, next, { newEdits: true, user }));
}

export async function deleteAttachment(
  database: Database,
  { id, name }: AttachmentAddress,
  request: CouchRequest,
  user: UserContext,
): Promise<CouchResponse> {
  const document = await documentForEdit(database, id, request, false);
  if (own(document, name) === undefined) throw missingAttachment();
  const attachments = Object.fromEntries(Object.entries(stubsOf(document)).filter(([kept]) => kept !== name));
  const outcome = await writeOne(
    database,
    { ...document, _attachments: attachments },
    { newEdits: true, user },
  );
  return jsonResponse(200, outcome);
}

const stubsOf = ({ _attachments = {} }: IncomingDocument): Record<string, AttachmentMember> =>
  Object.fromEntries(Object.keys(_attachments).map((name) => [name, { stub: true } as const]));

/** The stored document at the revision that the request names; a new one if that is allowed. */
async function documentForEdit(
  database: Database,
  id: string,
  request: CouchRequest,
  mayBeNew: boolean,
): Promise<IncomingDocument> {
  const rev = revParameter(request.query, request.headers.ifMatch);
  try {
    const document = await storedDocument(database, id, rev === undefined ? {} : { rev });
    if (rev === undefined) throw conflict();
    return document;
  } catch (error) {
    const failure = failureFromPouch(error);
    if (failure?.status === 404 && rev !== undefined) throw conflict();
    if (failure?.status === 404 && mayBeNew) return { _id: id };
    throw error;
  }
}
