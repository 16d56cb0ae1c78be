import { epochId } from '../../src/server/couch/route';
import type { DatabaseRights } from '../rights-table';
import type { Answer, CallOptions } from './couch-target';
import { documentPath, path } from './rights-city';
import type { Document } from './rights-documents';
import { credentials, type Asking } from './rights-doors';

/** One request that reads something. */
export interface ReadAttempt {
  what: string;
  isAllowed: boolean;
  send: () => Promise<Answer>;
  /** Text that is in an answer with a body. */
  gives?: string;
}

/** Every read of every document, one of each type. */
export function readsOf(asking: Asking, { read }: DatabaseRights, documents: readonly Document[]) {
  const isAllowed = asking.isAllowed(read);
  const ask = askerOf(asking);
  return documents.flatMap(({ _id, _attachments }): ReadAttempt[] => {
    const address = documentPath(asking.database, _id);
    const inDatabase = (below: string, body: object) => ask('POST', path(asking.database, below), { body });
    const attempts: [string, ReadAttempt['send'], gives?: string][] = [
      ['GET', ask('GET', address), _id],
      ['HEAD', ask('HEAD', address)],
      ['GET of its branches', ask('GET', `${address}?open_revs=all`), _id],
      [
        'GET of its branches as multipart/mixed',
        ask('GET', `${address}?open_revs=all`, { headers: { accept: 'multipart/mixed' } }),
        _id,
      ],
      ['_all_docs by its id', inDatabase('/_all_docs?include_docs=true', { keys: [_id] }), _id],
      ['_bulk_get', inDatabase('/_bulk_get', { docs: [{ id: _id }] }), _id],
      [
        '_changes by its id',
        inDatabase('/_changes?filter=_doc_ids&include_docs=true', { doc_ids: [_id] }),
        _id,
      ],
      ['_revs_diff', inDatabase('/_revs_diff', { [_id]: ['9-aa'] }), _id],
    ];
    if (_attachments !== undefined) {
      attempts.push(['GET of an attachment', ask('GET', `${address}/a.txt`), 'hello']);
      attempts.push(['HEAD of an attachment', ask('HEAD', `${address}/a.txt`)]);
    }
    return attempts.map(([name, send, gives]) => ({
      what: `${_id}: ${name}`,
      isAllowed,
      send,
      ...(gives === undefined ? {} : { gives }),
    }));
  });
}

/**
 * The doors that show many documents, or what the database is.
 * @param isFed whether the store has a continuous feed: in front of a CouchDB nobody has one
 */
export function databaseReads(asking: Asking, { read }: DatabaseRights, isFed: boolean): ReadAttempt[] {
  const isAllowed = asking.isAllowed(read);
  const ask = askerOf(asking);
  const attempts: [method: string, below: string, gives: string, body?: object][] = [
    ['GET', '', asking.database],
    ['HEAD', '', ''],
    ['GET', '/_all_docs?limit=3&include_docs=true', 'rows'],
    ['HEAD', '/_all_docs?limit=3', ''],
    ['GET', '/_changes?limit=3&include_docs=true', 'results'],
    ['HEAD', '/_changes?limit=3', ''],
    ...(isFed
      ? [['GET', '/_changes?feed=continuous&timeout=50', 'last_seq'] as [string, string, string]]
      : []),
    ['GET', '/_design_docs', '_design/tiski'],
    ['HEAD', '/_design_docs', ''],
    ['POST', '/_design_docs', '_design/tiski', { keys: ['_design/tiski'] }],
    ['GET', '/_design/tiski', 'validate_doc_update'],
    ['GET', '/_security', 'members'],
    ['HEAD', '/_security', ''],
    ['POST', '/_ensure_full_commit', 'ok', {}],
    ['GET', `/${epochId}`, 'epoch'],
    ['HEAD', `/${epochId}`, ''],
  ];
  return attempts.map(([method, below, gives, body]) => ({
    what: `${method} ${below}`,
    isAllowed,
    send: ask(method, path(asking.database, below), body === undefined ? {} : { body }),
    gives,
  }));
}

const askerOf =
  (asking: Asking) =>
  (method: string, address: string, options: CallOptions = {}) =>
  () =>
    asking.target.couch(method, address, { ...credentials(asking), ...options });

/**
 * Makes all attempts: what is granted returns what is there, what is not is refused and returns no more than
 * the reason.
 * @returns a line for each deviation
 */
export async function faultsOfReads(attempts: readonly ReadAttempt[]): Promise<string[]> {
  const answers = await Promise.all(attempts.map(({ send }) => send()));
  return attempts.flatMap(({ what, isAllowed, gives = '' }, index) => {
    const answer = answers[index] as Answer;
    const text = textOf(answer);
    if (isAllowed ? answer.status < 300 && text.includes(gives) : isRefusal(answer)) return [];
    return [`${what} is ${isAllowed ? 'granted' : 'not granted'}, but: ${answer.status} ${text}`];
  });
}

const textOf = ({ body }: Answer) => (typeof body === 'string' ? body : JSON.stringify(body));

/**
 * 404 if what belongs to others looks as if it did not exist. CouchDB's failures have no more members than
 * these.
 */
export function isRefusal({ status, body }: Answer): boolean {
  if (![401, 403, 404].includes(status)) return false;
  if (body === '') return true;
  const members = typeof body === 'object' && body !== null ? Object.keys(body) : ['?'];
  return members.every((name) => ['id', 'rev', 'error', 'reason'].includes(name));
}

/** A line if the answer to one attempt, or what it left behind, is not as it should be. */
export function faultOf(what: string, isAllowed: boolean, answer: Answer, isDone: boolean): string[] {
  const isRight = isAllowed ? answer.status < 300 && isDone : isRefusal(answer) && !isDone;
  if (isRight) return [];
  const told = `${answer.status}, ${isDone ? 'done' : 'not done'}: ${JSON.stringify(answer.body)}`;
  return [`${what} is ${isAllowed ? 'granted' : 'not granted'}, but: ${told}`];
}
