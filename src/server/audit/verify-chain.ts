import * as v from 'valibot';
import { entryDocument, entryNumber } from '$lib/documents/audit/entry-document';
import type { CouchClient } from '../couch/client';
import { hashOf, noEntry, readEntries, type Head } from './audit-log';

/** What is wrong with the log, and from which entry on. */
export type ChainFault =
  | { kind: 'unreadable' | 'changed' | 'missing' | 'not-in-chain'; number: number }
  /** Somebody noted this entry, and it is not there, or another one is. */
  | { kind: 'not-as-noted'; number: number };

export interface VerifiedChain {
  /** The oldest entry that is kept; 0 if there is none. */
  first: number;
  head: Head;
  faults: ChainFault[];
}

/** The action that an entry has when older ones were deleted because their time was over. */
export const trimmedAction = 'audit-trimmed';

const pageSize = 1000;
/** Enough to see that something is wrong. */
const mostFaults = 20;

/**
 * Reads the whole log, and checks that no entry was changed, taken out or put in. What the chain can't show
 * by itself is that its newest entries are gone: for that, somebody keeps a head elsewhere.
 * @param noted a head that was written down earlier
 * @param onProgress called with the number up to which it has been read
 */
export async function verifyChain(
  client: CouchClient,
  noted?: Head,
  onProgress: (number: number) => void = () => undefined,
): Promise<VerifiedChain> {
  const result: VerifiedChain = { first: 0, head: noEntry, faults: [] };
  let notedHash: string | undefined;
  let trimmed: Head | undefined;
  let from: Head | undefined;
  for (;;) {
    const page = await readEntries(client, result.head.number + 1, pageSize);
    for (const document of page) {
      const parsed = v.safeParse(entryDocument, document);
      if (!parsed.success) {
        const id = (document as { _id?: unknown } | null)?._id;
        result.faults.push({ kind: 'unreadable', number: typeof id === 'string' ? entryNumber(id) : 0 });
        result.head = { number: result.head.number + 1, hash: '' };
        continue;
      }
      const entry = parsed.output;
      const number = entryNumber(entry._id);
      if (result.first === 0) {
        result.first = number;
        from = { number: number - 1, hash: entry.previous };
      } else result.faults.push(...faultsBetween(result.head, number, entry.previous));
      if (hashOf(entry) !== entry.hash) result.faults.push({ kind: 'changed', number });
      if (entry.action === trimmedAction) trimmed = headFrom(entry.about);
      if (number === noted?.number) notedHash = entry.hash;
      result.head = { number, hash: entry.hash };
    }
    onProgress(result.head.number);
    if (page.length < pageSize || result.faults.length >= mostFaults) break;
  }
  result.faults.push(...faultsOfStart(from, trimmed));
  const isOld = noted !== undefined && noted.number < result.first;
  if (noted !== undefined && !isOld && notedHash !== noted.hash) {
    result.faults.push({ kind: 'not-as-noted', number: noted.number });
  }
  return { ...result, faults: result.faults.slice(0, mostFaults) };
}

function faultsBetween(head: Head, number: number, previous: string): ChainFault[] {
  if (number !== head.number + 1) return [{ kind: 'missing', number: head.number + 1 }];
  return head.hash === '' || previous === head.hash ? [] : [{ kind: 'not-in-chain', number }];
}

/** A log that doesn't begin with its first entry says itself up to where it was trimmed. */
function faultsOfStart(from: Head | undefined, trimmed: Head | undefined): ChainFault[] {
  if (from === undefined || from.number === 0) return [];
  const isSaid = trimmed !== undefined && trimmed.number === from.number && trimmed.hash === from.hash;
  return isSaid ? [] : [{ kind: 'missing', number: from.number }];
}

/** `N:HASH`, as it is written down. */
export const headText = ({ number, hash }: Head): string => `${number}:${hash}`;

export function headFrom(text = ''): Head | undefined {
  const [, number, hash] = /^(\d+):([0-9a-f]{64})$/.exec(text.trim()) ?? [];
  return number === undefined || hash === undefined ? undefined : { number: Number(number), hash };
}
