import type { ReferralBody } from '../src/lib/documents/submissions/referral';

/** A valid referral of nobody: names are made up. */
export function aReferral(changes: Partial<ReferralBody> = {}): ReferralBody {
  return {
    scheme: 'warkaus',
    source: 'referral',
    organisation: 'social-work',
    path: 'social-work',
    person: {
      name: { given: 'Tuulikki', family: 'Esimerkkiläinen' },
      birthYear: 1974,
      language: 'fi',
      contact: { kind: 'phone', value: '+358 40 000 0000' },
    },
    consent: { given: true, textVersion: '3', at: '2026-11-24T07:55:00.000Z', language: 'fi' },
    answers: { income: true },
    proofs: [{ proof: 'decision-on-benefit', on: '2026-11-24' }],
    wishes: ['swim'],
    ...changes,
  };
}

/** Everything in an IndexedDB, as text: a thief's view of a laptop. */
export async function everythingIn(name: string): Promise<string> {
  const db = await promised(indexedDB.open(name));
  const found: string[] = [];
  for (const store of db.objectStoreNames) {
    const table = db.transaction(store).objectStore(store);
    found.push(JSON.stringify([store, await promised(table.getAllKeys()), await promised(table.getAll())]));
  }
  db.close();
  return found.join('\n');
}

const promised = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB failed.'));
  });
