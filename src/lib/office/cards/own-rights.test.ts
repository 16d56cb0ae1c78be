import { describe, expect, it } from 'vitest';
import { aCard, cardNumber } from '../../../../tests/builders';
import { ownRightsOf, withExceptions } from './own-rights';

const limit = { kind: 'limit', n: 10, per: 'validity' } as const;
const exceptions = {
  rights: [
    { service: 'gym', isGiven: true },
    { service: 'swim', isGiven: true, rule: limit },
    { service: 'theatre', isGiven: false },
  ],
  companions: { children: 0, assistant: true },
  groupSize: 8,
};
const plain = { ...aCard(cardNumber(1)), _rev: '1-a', added: 'by a newer Tiski' };

describe('a card’s own rights', () => {
  it('R6 R7 R11 go into the form and back without a change', () => {
    const card = { ...plain, ...exceptions };
    expect(withExceptions(card, ownRightsOf(card))).toEqual(card);
    expect(withExceptions(plain, ownRightsOf(plain))).toEqual(plain);
  });

  it('R6 what follows the scheme leaves nothing on the card, nor does an unused rule', () => {
    const own = ownRightsOf(exceptions);
    own.services = {
      gym: { giving: 'as-scheme' },
      swim: { giving: 'taken', rule: limit },
      theatre: { giving: 'given', rule: limit },
    };
    const emptied = { ...own, groupSize: undefined, children: undefined, assistant: undefined };
    expect(withExceptions({ ...plain, ...exceptions }, emptied)).toEqual({
      ...plain,
      rights: [
        { service: 'swim', isGiven: false },
        { service: 'theatre', isGiven: true },
      ],
    });
    expect(withExceptions({ ...plain, ...exceptions }, { ...emptied, services: {} })).toEqual(plain);
  });
});
