import type { Callers, Operation } from '../rights-table';
import type { Account, Answer, Target } from './couch-target';
import { multipartOf } from './multipart';
import { documentPath, editPaths, freshHash, replicaPaths } from './rights-city';
import { changedDocument, type Document } from './rights-documents';

/** A database of a city, the account that makes the requests, and what the table grants it. */
export interface Asking {
  target: Target;
  database: string;
  as: Account | undefined;
  /** The account whose visits are tried. */
  desk: string;
  isAllowed: (may: Callers) => boolean;
}

/** What is there before a write. */
export type Before = 'nothing' | 'document' | 'document with attachment';

/** One way to do one thing to a document; `rev` is the stored one's. */
export interface Door {
  operation: Operation;
  name: string;
  before: Before;
  send: (asking: Asking, document: Document, rev: string, type: string) => Promise<Answer>;
}

/** The revision after a stored one, as another database would have made it. */
function nextRevision(rev: string): { _rev: string; _revisions: { start: number; ids: string[] } } {
  const [start = '', hash = ''] = rev.split('-');
  const fresh = freshHash();
  const next = Number(start) + 1;
  return { _rev: `${next}-${fresh}`, _revisions: { start: next, ids: [fresh, hash] } };
}

const attachmentPath = ({ database }: Asking, { _id }: Document) => `${documentPath(database, _id)}/a.txt`;

/** For a document that is stored with its attachment. */
export const inline = { 'a.txt': { content_type: 'text/plain', data: 'aGVsbG8=' } };

const deleted = ({ _id }: Document) => ({ _id, _deleted: true });

/** The sender, in the form of a request. */
export const credentials = ({ as }: Asking) => (as === undefined ? {} : { as });

export const putAttachment = (asking: Asking, document: Document, rev?: string) =>
  asking.target.couch('PUT', `${attachmentPath(asking, document)}${rev === undefined ? '' : `?rev=${rev}`}`, {
    ...credentials(asking),
    body: 'hello',
    headers: { 'content-type': 'text/plain' },
  });

/** A document followed by an attachment, as CouchDB's replicator sends one. */
const putFollowing = (asking: Asking, document: Document, query = '') =>
  asking.target.couch('PUT', `${documentPath(asking.database, document._id)}${query}`, {
    ...credentials(asking),
    ...multipartOf(
      { ...document, _attachments: { 'a.txt': { content_type: 'text/plain', follows: true } } },
      [{ name: 'a.txt', bytes: Buffer.from('hello') }],
    ),
  });

export const doors: Door[] = [
  ...[...editPaths, ...replicaPaths].map(([name, write]): Door => ({
    operation: 'create',
    name,
    before: 'nothing',
    send: ({ target, database, as }, document) => write(target, database, document, as),
  })),
  ...editPaths.flatMap(([name, write]): Door[] => [
    {
      operation: 'change',
      name,
      before: 'document',
      send: ({ target, database, as }, document, _rev, type) =>
        write(target, database, { ...changedDocument(type, document), _rev } as Document, as),
    },
    {
      operation: 'delete',
      name,
      before: 'document',
      send: ({ target, database, as }, document, _rev) =>
        write(target, database, { ...deleted(document), _rev } as Document, as),
    },
  ]),
  ...replicaPaths.flatMap(([name, write]): Door[] => [
    {
      operation: 'change',
      name,
      before: 'document',
      send: ({ target, database, as }, document, rev, type) =>
        write(target, database, { ...changedDocument(type, document), ...nextRevision(rev) }, as),
    },
    {
      operation: 'change',
      name: `${name}, by a second root`,
      before: 'document',
      send: ({ target, database, as }, document, _rev, type) =>
        write(target, database, changedDocument(type, document), as),
    },
    {
      operation: 'delete',
      name,
      before: 'document',
      send: ({ target, database, as }, document, rev) =>
        write(target, database, { ...deleted(document), ...nextRevision(rev) }, as),
    },
    {
      operation: 'delete',
      name: `${name}, before it is there`,
      before: 'nothing',
      send: ({ target, database, as }, document) => write(target, database, deleted(document), as),
    },
  ]),
  {
    operation: 'delete',
    name: 'DELETE',
    before: 'document',
    send: (asking, document, rev) =>
      asking.target.couch(
        'DELETE',
        `${documentPath(asking.database, document._id)}?rev=${rev}`,
        credentials(asking),
      ),
  },
  {
    operation: 'attach',
    name: 'PUT of an attachment',
    before: 'document',
    send: putAttachment,
  },
  {
    operation: 'attach',
    name: 'PUT',
    before: 'document',
    send: (asking, document, _rev) =>
      asking.target.couch('PUT', documentPath(asking.database, document._id), {
        ...credentials(asking),
        body: { ...document, _rev, _attachments: inline },
      }),
  },
  {
    operation: 'attach',
    name: 'PUT of multipart/related',
    before: 'document',
    send: (asking, document, _rev) => putFollowing(asking, { ...document, _rev }),
  },
  {
    operation: 'attach',
    name: 'PUT of multipart/related with new_edits false',
    before: 'document',
    send: (asking, document, rev) =>
      putFollowing(asking, { ...document, ...nextRevision(rev) }, '?new_edits=false'),
  },
  {
    operation: 'attach',
    name: 'DELETE of an attachment',
    before: 'document with attachment',
    send: (asking, document, rev) =>
      asking.target.couch('DELETE', `${attachmentPath(asking, document)}?rev=${rev}`, credentials(asking)),
  },
];
