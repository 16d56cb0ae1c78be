import { codeOf } from '$lib/domain/fleet/refusal-reason';
import { codeOfOlderReason } from './older-reasons';
import type { Refusal } from './ports';

/** Why a document was refused (S4), as far as it says what to do next. */
export type RefusalKind =
  /** Another document has its id. */
  | 'different'
  /** The rules don't allow this desk to write it. */
  | 'not-this-desks'
  /** The server only knows an older form of it. */
  | 'server-older'
  | 'too-large'
  /** The server fails on it. */
  | 'server-failed'
  /** Its form is wrong. */
  | 'invalid';

export function refusalKind({ status, reason }: Omit<Refusal, 'id'>): RefusalKind {
  if (status === 409) return 'different';
  if (status === 413) return 'too-large';
  if (status >= 500) return 'server-failed';
  // Codes of the server's rules in validate/; the contract tests compare the two.
  switch (codeOf(reason) ?? codeOfOlderReason(reason)) {
    case 'never-changes':
      return 'different';
    case 'too-large':
      return 'too-large';
    case 'not-allowed':
    case 'not-your-document':
    case 'not-your-venue':
    case 'office-only':
      return 'not-this-desks';
    case 'newer-form':
      return 'server-older';
    default:
      return 'invalid';
  }
}

/** Whether the server may answer differently once somebody has fixed it or the desk's rights. */
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
