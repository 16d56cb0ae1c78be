import { UnexpectedCouchReply } from '../couch/client';
import { CouchFailure } from '../couch/failure';
import { importCards } from './import';
import {
  importPlace,
  openRegister,
  type ImportOptions,
  type ImportPlace,
  type OpenRegister,
} from './import-place';
import { packIfDue } from './snapshot-command';
import { importSummary, type ImportResult, type LineOutput } from './import-report';

/**
 * `tiski import cards.csv`: brings the file into the register and tells how it went.
 * @returns the exit code: 0 when all cards are in the register, else 1
 */
export async function runImport(
  filePath: string,
  options: ImportOptions,
  environment: NodeJS.ProcessEnv,
  out: LineOutput,
): Promise<number> {
  const place = importPlace(options, environment);
  const opened = await openRegister(place);
  if (typeof opened === 'string') return tell(out, failed(opened));
  try {
    const result = await importCards(opened.client, filePath, out);
    if (result.ok) await packIfDue(opened.client, out);
    return tell(out, result);
  } catch (error) {
    return tell(out, failed(failureText(error, place, opened)));
  } finally {
    await opened.close();
  }
}

const failed = (reason: string): ImportResult => ({ ok: false, faults: [{ reason }] });

function tell(out: LineOutput, result: ImportResult): number {
  out.write(`${importSummary(result)}\n`);
  return result.ok ? 0 : 1;
}

/** Why a place could not even be read. @throws what is no expected failure */
export function failureText(error: unknown, place: ImportPlace, opened: OpenRegister): string {
  const where = placeName(place);
  if (error instanceof UnexpectedCouchReply) return replyText(error.reply.status, error, where, opened);
  // fetch's own error for a server that gives no answer.
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

/** LevelDB lets one process at a time open a folder. */
const isOpenError = (fault: unknown) => (fault as { type?: unknown } | null)?.type === 'OpenError';

/** An address may hold a name and a password, and what is printed here ends in logs. */
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
