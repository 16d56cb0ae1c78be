import { UnexpectedCouchReply } from '../couch/client';
import { CouchFailure } from '../couch/failure';
import type { ImportPlace, OpenRegister } from './import-place';

/** Why a place could not even be read. @throws unless the failure is an expected one */
export function failureText(error: unknown, place: ImportPlace, opened: OpenRegister): string {
  const where = placeName(place);
  if (error instanceof UnexpectedCouchReply) return replyText(error.reply.status, error, where, opened);
  // fetch's own error for a server that doesn't answer.
  if (error instanceof CouchFailure && place.kind !== 'folder') return `There is no answer from ${where}.`;
  throw error;
}

function replyText(status: number, error: Error, where: string, { faults }: OpenRegister): string {
  if (faults.some(isOpenError)) {
    return (
      `${where} is in use: the server is running. Give its address with --url http://localhost:3000` +
      " and the administrator's password in TISKI_ADMIN_PASSWORD."
    );
  }
  switch (status) {
    case 401:
      return `${where} did not accept the administrator's password.`;
    case 403:
      return `${where} does not let this account do that.`;
    case 404:
      return `There are no Tiski databases in ${where}: start the server once.`;
    case 429:
      return `${where} has had too many wrong passwords. Wait a while.`;
    default:
      return error.message;
  }
}

/** Only one process at a time can open a LevelDB folder. */
const isOpenError = (fault: unknown) => (fault as { type?: unknown } | null)?.type === 'OpenError';

/** An address may contain a name and a password, and what is printed here ends up in logs. */
const withoutPassword = (address: string) => address.replace(/^(https?:\/\/)[^/]*@/i, '$1');

function placeName(place: ImportPlace): string {
  switch (place.kind) {
    case 'server':
      return withoutPassword(place.url);
    case 'couchdb':
      return 'the CouchDB of COUCHDB_URL';
    case 'folder':
      return place.folder;
  }
}
