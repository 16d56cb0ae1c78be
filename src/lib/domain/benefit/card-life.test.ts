import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cardStatuses } from '$lib/domain/visit/card';
import {
  applyCardEvent,
  blockReasons,
  cardStateOf,
  cardStates,
  foldCard,
  handOutConflict,
  registerStatusOf,
  type BlockReason,
  type CardEvent,
  type CardLife,
} from './card-life';
import { cardRefusals, refusalOfCardEvent } from './card-refusal';

const number = '12345674';
const by = { by: 'desk-1', role: 'hand-out', at: 0 } as const;
const stocked: CardEvent = { ...by, kind: 'stocked', place: 'library' };
const handedOut = (handOut: string, person: string, giver = 'desk-1'): CardEvent => ({
  ...by,
  by: giver,
  kind: 'handed-out',
  handOut,
  person,
});
const undone = (handOut: string): CardEvent => ({ ...by, kind: 'hand-out-undone', handOut });
const activated: CardEvent = { ...by, kind: 'activated' };
const blocked = (reason: BlockReason): CardEvent => ({ ...by, kind: 'blocked', reason });
const unblocked: CardEvent = { ...by, kind: 'unblocked' };
const replaced = (successor: string): CardEvent => ({ ...by, kind: 'replaced', successor });
const destroyed: CardEvent = { ...by, kind: 'destroyed' };

const active = [stocked, handedOut('h1', 'p1'), activated];
const stateAfter = (...events: CardEvent[]) => cardStateOf(foldCard(number, events));
const tryTo = (past: readonly CardEvent[], event: CardEvent) =>
  refusalOfCardEvent(foldCard(number, past), event) ?? 'yes';

describe('a card', () => {
  test('B26 goes from stock to a holder, and is active then', () => {
    expect(stateAfter()).toBe('stock');
    expect(foldCard(number, [stocked]).place).toBe('library');
    expect(stateAfter(stocked, handedOut('h1', 'p1'))).toBe('handed-out');
    expect(stateAfter(...active)).toBe('active');
    expect(tryTo([stocked], activated)).toBe('not-handed-out');
    expect(tryTo(active, handedOut('h2', 'p2'))).toBe('not-in-stock');
  });

  test('B26 that was destroyed stays so, and was out of use before', () => {
    expect(tryTo(active, destroyed)).toBe('not-blocked');
    expect(tryTo([...active, blocked('returned')], destroyed)).toBe('yes');
    expect(tryTo([stocked], destroyed)).toBe('yes');
    expect(stateAfter(...active, destroyed, unblocked, activated)).toBe('destroyed');
    expect(tryTo([...active, destroyed], unblocked)).toBe('destroyed');
  });

  test('B27 is unblocked as long as it has no successor', () => {
    expect(tryTo([...active, blocked('lost')], unblocked)).toBe('yes');
    expect(stateAfter(...active, blocked('lost'), unblocked)).toBe('active');
    const gone = [...active, blocked('lost'), replaced('23456787')];
    expect(tryTo(gone, unblocked)).toBe('has-successor');
    expect(stateAfter(...gone, unblocked)).toBe('replaced');
    expect(foldCard(number, [...gone, unblocked]).blocked).toBe('lost');
  });

  test('B27 has one successor, which is another card', () => {
    const lost = [...active, blocked('lost')];
    expect(tryTo(active, replaced('23456787'))).toBe('not-blocked');
    expect(tryTo(lost, replaced(number))).toBe('own-successor');
    expect(tryTo(lost, replaced('23456787'))).toBe('yes');
    expect(stateAfter(...lost, replaced(number))).toBe('blocked');
    const twice = [...lost, replaced('23456787'), replaced('34567890')];
    expect(foldCard(number, twice).successor).toBe('23456787');
  });

  test('B27 is blocked once', () => {
    expect(tryTo([...active, blocked('lost')], blocked('stolen'))).toBe('already-blocked');
    expect(tryTo([...active, unblocked], unblocked)).toBe('not-blocked');
  });

  test.each([
    ['two persons', [handedOut('h1', 'p1'), handedOut('h2', 'p2')]],
    ['one person by two desks', [handedOut('h1', 'p1'), handedOut('h2', 'p1', 'desk-2')]],
  ])('B28 that was given to %s is a conflict', (_, handOuts) => {
    const life = foldCard(number, [stocked, ...handOuts]);
    expect(handOutConflict(life)).toMatchObject({
      kind: 'hand-outs',
      number,
      handOuts: [{ id: 'h1' }, { id: 'h2' }],
    });
    expect(refusalOfCardEvent(life, activated)).toBe('hand-outs-in-conflict');
  });

  test('B28 a hand-out that arrives twice is one', () => {
    const life = foldCard(number, [handedOut('h1', 'p1'), handedOut('h1', 'p1')]);
    expect(life.handOuts).toHaveLength(1);
    expect(handOutConflict(life)).toBeUndefined();
  });

  test('B28 people undo one of the hand-outs, also before it has arrived', () => {
    const both = [...active, handedOut('h2', 'p2')];
    expect(tryTo(both, undone('h3'))).toBe('no-such-hand-out');
    const settled = foldCard(number, [...both, undone('h1')]);
    expect(handOutConflict(settled)).toBeUndefined();
    expect(settled.handOuts.map(({ person }) => person)).toEqual(['p2']);
    expect(stateAfter(undone('h1'), handedOut('h1', 'p1'))).toBe('stock');
  });

  test('B28 a card that comes back to stock is activated by whoever gets it next', () => {
    expect(stateAfter(...active, undone('h1'))).toBe('stock');
    expect(stateAfter(...active, undone('h1'), handedOut('h2', 'p2'))).toBe('handed-out');
  });
});

describe('what the register says', () => {
  test.each([
    ['a card in stock', [stocked], undefined],
    ['a card that is not active yet', [stocked, handedOut('h1', 'p1')], 'suspended'],
    ['an active card', active, 'active'],
    ['a lost card', [...active, blocked('lost')], 'lost'],
    ['a stolen card', [...active, blocked('stolen')], 'lost'],
    ['a card that was stolen out of stock', [stocked, blocked('stolen')], 'lost'],
    ['a defect card', [...active, blocked('defect')], 'suspended'],
    ['a misused card', [...active, blocked('misuse')], 'suspended'],
    ['a returned card', [...active, blocked('returned')], 'ended'],
    ['a replaced card', [...active, blocked('lost'), replaced('23456787')], 'replaced'],
    ['a destroyed card', [...active, blocked('defect'), destroyed], 'ended'],
  ] as const)('B29 of %s', (_, events, status) => {
    expect(registerStatusOf(foldCard(number, events))).toBe(status);
  });
});

const someEvent = fc.oneof(
  fc.constantFrom(stocked, activated, unblocked, destroyed),
  fc.constantFrom(...blockReasons).map(blocked),
  fc.constantFrom('23456787', '34567890', number).map(replaced),
  fc.constantFrom('h1', 'h2', 'h3').map(undone),
  fc
    .tuple(
      fc.constantFrom('h1', 'h2', 'h3'),
      fc.constantFrom('p1', 'p2'),
      fc.constantFrom('desk-1', 'desk-2'),
    )
    .map(([id, person, giver]) => handedOut(id, person, giver)),
);
const someLog = fc.array(someEvent, { maxLength: 20 });

describe('for any log of a card', () => {
  test('B26 B29 its state, its status and every refusal are on the lists', () => {
    fc.assert(
      fc.property(someLog, someEvent, (log, event) => {
        const life = foldCard(number, log);
        expect(cardStates).toContain(cardStateOf(life));
        expect([undefined, ...cardStatuses]).toContain(registerStatusOf(life));
        expect([undefined, ...cardRefusals]).toContain(refusalOfCardEvent(life, event));
      }),
    );
  });

  test('B27 a card with a successor is never active again', () => {
    fc.assert(
      fc.property(someLog, someLog, (before, after) => {
        const life = foldCard(number, [...before, replaced('23456787'), ...after]);
        expect(['replaced', 'destroyed']).toContain(cardStateOf(life));
      }),
    );
  });

  test('B28 the reports of hand-outs by two desks meet in the same state in any order', () => {
    const handOuts = fc.subarray([
      handedOut('h1', 'p1'),
      handedOut('h2', 'p2', 'desk-2'),
      undone('h1'),
      undone('h2'),
    ]);
    fc.assert(
      fc.property(handOuts, someLog, (log, more) => {
        const stateOf = (events: CardEvent[]) => {
          const life = foldCard(number, events);
          return [cardStateOf(life), handOutConflict(life)?.handOuts.length];
        };
        const rest = more.filter(({ kind }) => kind !== 'handed-out' && kind !== 'hand-out-undone');
        const quiet = rest.filter(({ kind }) => kind !== 'activated');
        expect(stateOf([...log.toReversed(), ...quiet])).toEqual(stateOf([...log, ...quiet]));
      }),
    );
  });

  test('B26 it is rebuilt from its log, whole or piece by piece, and through JSON', () => {
    fc.assert(
      fc.property(someLog, fc.nat(), (log, place) => {
        const cut = place % (log.length + 1);
        const stored = JSON.parse(JSON.stringify(foldCard(number, log.slice(0, cut)))) as CardLife;
        expect(log.slice(cut).reduce(applyCardEvent, stored)).toEqual(foldCard(number, log));
      }),
    );
  });

  test('B27 what was admitted leaves no card that is replaced and was never blocked', () => {
    fc.assert(
      fc.property(fc.array(someEvent, { maxLength: 60, size: 'max' }), (tried) => {
        const life = tried.reduce<CardLife>(
          (now, event) => (refusalOfCardEvent(now, event) ? now : applyCardEvent(now, event)),
          foldCard(number, []),
        );
        if (life.successor !== undefined) expect(life.blocked).toBeDefined();
        expect(life.handOuts.length).toBeLessThanOrEqual(1);
      }),
    );
  });
});
