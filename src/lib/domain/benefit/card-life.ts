import type { CardStatus } from '$lib/domain/visit/card';
import type { Logged } from './logged';

export const cardStates = ['stock', 'handed-out', 'active', 'blocked', 'replaced', 'destroyed'] as const;
export type CardState = (typeof cardStates)[number];

export const blockReasons = ['lost', 'stolen', 'defect', 'misuse', 'returned'] as const;
export type BlockReason = (typeof blockReasons)[number];

/** One hand-out; `id` is its submission's, so that one that arrives twice is one. */
export interface HandOut {
  id: string;
  /** Who got the card. */
  person: string;
  /** Who gave it. */
  by: string;
}

export type CardEvent = Logged &
  (
    | { kind: 'stocked'; place: string }
    | { kind: 'handed-out'; handOut: string; person: string }
    /** B28: a hand-out that was a mistake, or lost against another. */
    | { kind: 'hand-out-undone'; handOut: string }
    | { kind: 'activated' }
    | { kind: 'blocked'; reason: BlockReason }
    | { kind: 'unblocked' }
    | { kind: 'replaced'; successor: string }
    | { kind: 'destroyed' }
  );

/** The fold of a card's log: what happened, from which the state follows. */
export interface CardLife {
  number: string;
  /** Where its box was last. */
  place?: string;
  /** Those that stand, in the order of the log. */
  handOuts: readonly HandOut[];
  /** Hand-outs that were undone; also when the undoing arrives first. */
  undone: readonly string[];
  isActivated: boolean;
  blocked?: BlockReason;
  successor?: string;
  isDestroyed: boolean;
}

/** The fold of a card's log. Total: desks report late and in any order, and what does not fit is left out. */
export const foldCard = (number: string, events: readonly CardEvent[]): CardLife =>
  events.reduce<CardLife>(applyCardEvent, {
    number,
    handOuts: [],
    undone: [],
    isActivated: false,
    isDestroyed: false,
  });

/** One step of the fold. */
export function applyCardEvent(life: CardLife, event: CardEvent): CardLife {
  switch (event.kind) {
    case 'stocked':
      return { ...life, place: event.place };
    case 'handed-out':
      return withHandOut(life, { id: event.handOut, person: event.person, by: event.by });
    case 'hand-out-undone':
      return withoutHandOut(life, event.handOut);
    case 'activated':
      return life.handOuts.length === 0 ? life : { ...life, isActivated: true };
    case 'blocked':
      return { ...life, blocked: event.reason };
    case 'unblocked':
      return life.successor === undefined ? withoutBlock(life) : life;
    case 'replaced':
      // B27: the first successor stays.
      return life.successor !== undefined || event.successor === life.number
        ? life
        : { ...life, successor: event.successor };
    case 'destroyed':
      return { ...life, isDestroyed: true };
  }
}

function withHandOut(life: CardLife, handOut: HandOut): CardLife {
  const isKnown = life.undone.includes(handOut.id) || life.handOuts.some(({ id }) => id === handOut.id);
  return isKnown ? life : { ...life, handOuts: [...life.handOuts, handOut] };
}

/** A card that nobody has is no longer active: whoever gets it next activates it. */
function withoutHandOut(life: CardLife, handOut: string): CardLife {
  if (life.undone.includes(handOut)) return life;
  const handOuts = life.handOuts.filter(({ id }) => id !== handOut);
  return {
    ...life,
    handOuts,
    undone: [...life.undone, handOut],
    isActivated: life.isActivated && handOuts.length > 0,
  };
}

const withoutBlock = ({ blocked: _, ...life }: CardLife): CardLife => life;

/** B26: the gravest thing that happened says the state. */
export function cardStateOf(life: CardLife): CardState {
  if (life.isDestroyed) return 'destroyed';
  if (life.successor !== undefined) return 'replaced';
  if (life.blocked !== undefined) return 'blocked';
  if (life.handOuts.length === 0) return 'stock';
  return life.isActivated ? 'active' : 'handed-out';
}

/** B28: one number that was given to two persons, or by two; for the review, where people decide. */
export interface HandOutConflict {
  kind: 'hand-outs';
  number: string;
  handOuts: readonly HandOut[];
}

export function handOutConflict({ number, handOuts }: CardLife): HandOutConflict | undefined {
  const [first, ...others] = handOuts;
  const isOne = others.every(({ person, by }) => person === first?.person && by === first.by);
  return isOne ? undefined : { kind: 'hand-outs', number, handOuts };
}

/**
 * B29: what the register tells the desks; undefined if it has no card to tell of. A right that is suspended
 * or ended says more than this (`rightStateOn`).
 */
export function registerStatusOf(life: CardLife): CardStatus | undefined {
  switch (cardStateOf(life)) {
    case 'stock':
      return undefined;
    case 'handed-out':
      return 'suspended';
    case 'active':
      return 'active';
    case 'blocked':
      return statusOfBlock(life.blocked);
    case 'replaced':
      return 'replaced';
    case 'destroyed':
      return 'ended';
  }
}

function statusOfBlock(reason: BlockReason | undefined): CardStatus {
  switch (reason) {
    case 'lost':
    case 'stolen':
      return 'lost';
    case 'returned':
      return 'ended';
    case 'defect':
    case 'misuse':
    case undefined:
      return 'suspended';
  }
}
