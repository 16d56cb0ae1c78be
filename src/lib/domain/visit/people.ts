import type { Card, Scheme } from './card';

/** Who comes in on one card. */
export interface People {
  /** The holder, or on a group's card its members. */
  holder: number;
  children: number;
  assistants: number;
}

/** The most of each that a card admits (R11). */
export type PeopleAllowed = People;

export const holderAlone: People = { holder: 1, children: 0, assistants: 0 };

/** R11: what the scheme gives, unless the card's own rights say otherwise. */
export function peopleAllowed(card: Card, scheme: Scheme | undefined): PeopleAllowed {
  const hasAssistant = card.companions?.assistant ?? scheme?.companions?.assistant ?? false;
  return {
    holder: card.groupSize ?? 1,
    children: card.companions?.children ?? scheme?.companions?.children ?? 0,
    assistants: hasAssistant ? 1 : 0,
  };
}

/** Everyone counts, for seats and for portions. */
export const headCount = ({ holder, children, assistants }: People): number => holder + children + assistants;

const isWhole = (count: number) => Number.isSafeInteger(count) && count >= 0;

/** R11: at least one of the card's own people, and no more of any kind than the card admits. */
export function arePeopleAllowed(people: People, allowed: PeopleAllowed): boolean {
  return (
    isWhole(people.holder) &&
    isWhole(people.children) &&
    isWhole(people.assistants) &&
    people.holder >= 1 &&
    people.holder <= allowed.holder &&
    people.children <= allowed.children &&
    people.assistants <= allowed.assistants
  );
}
