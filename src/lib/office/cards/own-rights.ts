import type { RuleField } from '$lib/documents/catalogue/rule-fields';
import type { CardDocument } from '$lib/documents/register/card-document';

/** What the office sets for one service on one card: as in the scheme, or something else (R6, R7). */
export const givings = ['as-scheme', 'given', 'own-rule', 'taken'] as const;
export type Giving = (typeof givings)[number];

/** A card's exceptions as the form has them; undefined fields follow the card's scheme. */
export interface OwnRights {
  groupSize: number | undefined;
  children: number | undefined;
  assistant: boolean | undefined;
  /** By service id; an unused rule is kept in case somebody comes back to it. */
  services: Record<string, { giving: Giving; rule?: RuleField }>;
}

type Exceptions = Pick<CardDocument, 'rights' | 'companions' | 'groupSize'>;

export function ownRightsOf({ rights = [], companions, groupSize }: Exceptions): OwnRights {
  const services = rights.map(({ service, isGiven, rule }) => {
    const giving: Giving = !isGiven ? 'taken' : rule ? 'own-rule' : 'given';
    return [service, { giving, ...(rule && { rule }) }] as const;
  });
  return {
    groupSize,
    children: companions?.children,
    assistant: companions?.assistant,
    services: Object.fromEntries(services),
  };
}

/** The same in the form of a card's document; what says nothing is left out. */
export function exceptionsOf({ groupSize, children, assistant, services }: OwnRights): Exceptions {
  const rights = Object.entries(services).flatMap(([service, { giving, rule }]) => {
    switch (giving) {
      case 'as-scheme':
        return [];
      case 'given':
        return [{ service, isGiven: true }];
      case 'own-rule':
        return [{ service, isGiven: true, ...(rule && { rule }) }];
      case 'taken':
        return [{ service, isGiven: false }];
    }
  });
  const companions = {
    ...(children !== undefined && { children }),
    ...(assistant !== undefined && { assistant }),
  };
  return {
    ...(rights.length > 0 && { rights }),
    ...(Object.keys(companions).length > 0 && { companions }),
    ...(groupSize !== undefined && { groupSize }),
  };
}

/** The card with these exceptions instead of its own; everything else stays. */
export function withExceptions<T extends object>(card: T, own: OwnRights): T {
  const kept = Object.entries(card).filter(([field]) => !isException(field));
  return { ...(Object.fromEntries(kept) as T), ...exceptionsOf(own) };
}

const isException = (field: string) => ['rights', 'companions', 'groupSize'].includes(field);
