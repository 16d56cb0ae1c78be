import { describe, expect, it } from 'vitest';
import { aCard, cardNumber } from '../../../../tests/builders';
import { startEmbedded } from '../../../../tests/contract/couch-target';
import { requireOk, type CouchClient } from '../../couch/client';
import { provision } from '../../provision/provision';
import { makeSnapshot } from '../../snapshot/make-snapshot';
import { CodeIndex } from './code-index';
import { CodePairs } from './code-pairs';

describe('an index of codes', () => {
  it('reads the register once, from its snapshot if there is one, and then what is new', async () => {
    const target = await startEmbedded();
    try {
      await provision(target.client);
      const docs = Array.from({ length: 2_000 }, (_, index) =>
        aCard(cardNumber(index), { codes: [{ kind: 'barcode', value: `LR${index}` }] }),
      );
      await requireOk(target.client, 'POST', '/tiski-register/_bulk_docs', { docs });
      const asked: string[] = [];
      const counting: CouchClient = {
        request: (method, path, body) => {
          asked.push(path.replace(/[?%:].*/, ''));
          return target.client.request(method, path, body);
        },
      };
      const epoch = ['/tiski-register', '/tiski-desks/epoch'];
      const once = [...epoch, '/tiski-register/_changes', '/tiski-register/_all_docs'];

      const byPages = new CodeIndex(counting);
      expect(await byPages.find('LR7')).toBe(cardNumber(7));
      expect(asked.filter((path) => path.endsWith('_changes')).length).toBeGreaterThan(3);
      asked.length = 0;
      expect(await byPages.find('LR8')).toBe(cardNumber(8));
      expect(asked).toEqual(once);

      await makeSnapshot(target.client);
      asked.length = 0;
      const bySnapshot = new CodeIndex(counting);
      expect(await Promise.all(['LR9', 'LR1999', 'LR2000'].map((code) => bySnapshot.find(code)))).toEqual([
        cardNumber(9),
        cardNumber(1_999),
        undefined,
      ]);
      expect(asked.filter((path) => path.endsWith('/snapshot'))).toHaveLength(1);
      expect(asked.filter((path) => path.endsWith('_changes'))).toHaveLength(3);
    } finally {
      await target.stop();
    }
  });

  it('keeps each code of a card once, however often it is reported', () => {
    const pairs = new CodePairs();
    for (let round = 0; round < 5; round++) {
      for (let index = 0; index < 3_000; index++) pairs.add(`LR${index}`, cardNumber(index));
    }
    pairs.add('LR1', cardNumber(3_000));
    expect(pairs.numbersFor('LR2999')).toEqual([cardNumber(2_999)]);
    expect(pairs.numbersFor('LR1').toSorted()).toEqual([cardNumber(1), cardNumber(3_000)].toSorted());
    expect(pairs.numbersFor('LR3000')).toEqual([]);
  });
});
