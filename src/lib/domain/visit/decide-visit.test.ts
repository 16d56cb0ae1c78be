import { describe, expect, test } from 'vitest';
import { decideCase, expectedVerdict, rightsCases } from '../../../../tests/rights-cases';

describe('rights.json', () => {
  test.each(rightsCases)('$name', (given) => {
    expect(decideCase(given)).toEqual(expectedVerdict(given));
  });

  test('names every case once, by its rule', () => {
    const names = rightsCases.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^R\d+ /.test(name))).toEqual([]);
    expect(names.length).toBeGreaterThanOrEqual(150);
  });
});
