import { cardStateOf, handOutConflict, type CardEvent, type CardLife } from './card-life';

/** Why something can't happen to a card, now. */
export const cardRefusals = [
  'not-in-stock',
  'no-such-hand-out',
  'not-handed-out',
  'hand-outs-in-conflict',
  'already-blocked',
  'not-blocked',
  'has-successor',
  'own-successor',
  'destroyed',
] as const;
export type CardRefusal = (typeof cardRefusals)[number];

/** B26 to B28: whether somebody who sees this state may log this; what desks did apart, the fold takes. */
export function refusalOfCardEvent(life: CardLife, event: CardEvent): CardRefusal | undefined {
  const state = cardStateOf(life);
  if (state === 'destroyed') return 'destroyed';
  switch (event.kind) {
    case 'stocked':
    case 'handed-out':
      return state === 'stock' ? undefined : 'not-in-stock';
    case 'hand-out-undone':
      return life.handOuts.some(({ id }) => id === event.handOut) ? undefined : 'no-such-hand-out';
    case 'activated':
      if (state !== 'handed-out') return 'not-handed-out';
      return handOutConflict(life) ? 'hand-outs-in-conflict' : undefined;
    case 'blocked':
      if (state === 'replaced') return 'has-successor';
      return state === 'blocked' ? 'already-blocked' : undefined;
    case 'unblocked':
      if (state === 'replaced') return 'has-successor';
      return state === 'blocked' ? undefined : 'not-blocked';
    case 'replaced':
      if (state === 'replaced') return 'has-successor';
      if (state !== 'blocked') return 'not-blocked';
      return event.successor === life.number ? 'own-successor' : undefined;
    case 'destroyed':
      return state === 'active' || state === 'handed-out' ? 'not-blocked' : undefined;
  }
}
