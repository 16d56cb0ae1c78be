import { HalfRestored } from '../backup/half-restored';
import { UnexpectedCouchReply } from '../couch/client';
import { CouchFailure } from '../couch/failure';

/** A command that can't continue: one line for the person who typed it. */
export class CommandError extends Error {
  constructor(
    message: string,
    /** 2 for invalid arguments, 1 for everything else. */
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
    this.name = 'CommandError';
  }
}

/** The line for a failure that a person can do something about; undefined if the fault is ours. */
export function startFailureLine(error: unknown, folder: string, port: number): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') return `port ${port} is taken. Choose another with --port.`;
  if (code === 'EACCES' && 'port' in error) return `port ${port} may not be used by this account.`;
  if (code === 'EACCES' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EEXIST') {
    return `the data folder ${folder} can't be written.`;
  }
  // Only one process at a time can open a LevelDB folder, and this is the only sign of that.
  if ('type' in error && error.type === 'OpenError') {
    return `the data folder ${folder} is in use by another server. Stop it, or choose another with --data.`;
  }
  if (error instanceof UnexpectedCouchReply || error instanceof HalfRestored) return error.message;
  if (error instanceof CouchFailure && error.status === 503) {
    return 'the CouchDB of COUCHDB_URL does not answer.';
  }
  return undefined;
}
