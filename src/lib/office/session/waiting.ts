import type { Ask, OfficeOutcome } from './ask';
import type { Right } from './session-api';

/** Something of an area that may wait for a person: a card on their home if there is any. */
export interface Waiting {
  /** Whose business it is: of accounts with one of these. */
  rights: readonly Right[];
  href: string;
  text: (count: string) => string;
  count: (ask: Ask) => Promise<OfficeOutcome<number>>;
}
