import type { Instant } from '$lib/domain/time/day';
import type { LocalStore, RemoteDatabase } from './ports';

/** S9: ids per request, some 25 kB, and requests before the database is checked for changes again. */
export const checkBatchSize = 500;
const requestsInOneTurn = 4;
/** A failed check starts over after this long, ms: nobody waits for it. */
const tryAgainAfter = 10 * 60_000;

export interface AcknowledgedCheckParts {
  remote: Pick<RemoteDatabase, 'name' | 'missing'>;
  store: Pick<LocalStore, 'isCheckDue' | 'acknowledged' | 'endCheck'>;
  now: () => Instant;
}

/**
 * S9: once a day, asks a database whether it still has what this desk sent, the newest first, and puts back
 * what is missing. It does so in turns of a few requests, so that changes don't wait; its failures alarm
 * nobody.
 * @returns runs one turn; whether the next should follow at once
 */
export function createAcknowledgedCheck({ remote, store, now }: AcknowledgedCheckParts) {
  let toAsk: string[] | undefined;
  let asked = 0;
  let missing: string[] = [];
  let notBefore = -Infinity;

  return async function takeTurn(signal: AbortSignal): Promise<boolean> {
    if (!toAsk) {
      if (now() < notBefore || !(await store.isCheckDue(remote.name))) return false;
      [toAsk, asked, missing] = [await store.acknowledged(remote.name), 0, []];
    }
    for (let request = 0; request < requestsInOneTurn && asked < toAsk.length; request++) {
      if (signal.aborted) return true;
      const ids = toAsk.slice(asked, asked + checkBatchSize);
      const answer = await remote.missing(ids);
      if (!answer.ok) {
        toAsk = undefined;
        notBefore = now() + tryAgainAfter;
        return false;
      }
      missing.push(...answer.value);
      asked += ids.length;
    }
    if (asked < toAsk.length) return true;
    toAsk = undefined;
    return (await store.endCheck(remote.name, { asked, missing })) > 0;
  };
}
