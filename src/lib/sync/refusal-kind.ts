import type { Refusal } from './ports';

/** Why a document was refused (S4), as far as it says what to do next. */
export type RefusalKind =
  /** Another document has its id. */
  | 'different'
  /** The rules do not let this desk write it. */
  | 'not-this-desks'
  /** The server knows an older form of it. */
  | 'server-older'
  | 'too-large'
  /** The server breaks on it. */
  | 'server-failed'
  /** Its form is wrong. */
  | 'invalid';

/** What validate/visits.js says of a desk that writes what is not its own; the contract tests hold both together. */
const notThisDesks = [
  'Only desks and the office write visits.',
  'A desk writes its own documents only.',
  'desk must be the desk that the _id names.',
  'This desk does not belong to that venue.',
  'A desk undoes choices of its own only.',
  'What goes on counting is decided by the office.',
];
/** What validate/shape.js says of a version, a value or a member that it does not know. */
const olderServer =
  /^(v: must be 1\.|(?!_)[\w.]+: must be one of .*|(?!_)[\w.]+: is not a member of this type\.)$/;
const tooLarge = 'The document is too large.';
const changed = 'Visits never change. Write a void to undo one.';

export function refusalKind({ status, reason }: Omit<Refusal, 'id'>): RefusalKind {
  if (status === 409 || reason === changed) return 'different';
  if (status === 413 || reason === tooLarge) return 'too-large';
  if (status >= 500) return 'server-failed';
  if (notThisDesks.includes(reason)) return 'not-this-desks';
  return olderServer.test(reason) ? 'server-older' : 'invalid';
}

/** Whether the server may come to another answer, once somebody has mended it or the desk's rights. */
export function mayBeTriedAgain(kind: RefusalKind): boolean {
  switch (kind) {
    case 'not-this-desks':
    case 'server-older':
    case 'too-large':
    case 'server-failed':
      return true;
    case 'different':
    case 'invalid':
      return false;
  }
}
