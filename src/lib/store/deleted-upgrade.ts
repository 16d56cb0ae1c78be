import type { Transaction } from 'dexie';
import { registerDatabase } from '$lib/documents/databases';
import type { CursorRow, DeletedCardRow } from './database';

/**
 * R2: an older build forgot deleted cards, except those that lay over a packed register. So the register is
 * pulled from zero once more (S8); until then the device answers from what it has.
 */
export async function rememberDeletedCards(transaction: Transaction): Promise<void> {
  const cursors = transaction.table<CursorRow, string>('cursors');
  const cursor = await cursors.get(registerDatabase);
  if (!cursor) return;
  const { base, run } = cursor;
  await transaction
    .table<DeletedCardRow, string>('deletedCards')
    .toCollection()
    .modify({
      run,
      ...(base && { shadows: base.id }),
    });
  await cursors.put({ ...cursor, seq: '0', run: run + 1, isComplete: false });
}
