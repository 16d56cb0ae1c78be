/** What the contract tests use of IBM's couchbackup, which has no types of its own. */
declare module '@cloudant/couchbackup' {
  import type { Readable, Writable } from 'node:stream';

  interface Options {
    /** Requests at once. */
    parallelism?: number;
    bufferSize?: number;
    requestTimeout?: number;
    mode?: 'full' | 'shallow';
    attachments?: boolean;
  }
  type Done = (error: Error | null, result: { total: number }) => void;

  const couchbackup: {
    backup(source: string, target: Writable, options: Options, done: Done): void;
    restore(source: Readable, target: string, options: Options, done: Done): void;
  };
  export default couchbackup;
}
