import type { DecisionOutcome } from '$lib/domain/benefit/case-action';

/** The country's official languages: a decision is made in one of them. */
export const letterLanguages = ['fi', 'sv'] as const;
export type LetterLanguage = (typeof letterLanguages)[number];

export type Bilingual = Record<LetterLanguage, string>;

export interface Address {
  street: string;
  postcode: string;
  town: string;
}

/** Somebody to whom people write: an authority, or a court. */
export interface Office {
  name: Bilingual;
  address?: Address | undefined;
  phone?: string | undefined;
  email?: string | undefined;
}

/** A reason that officials choose, and its text in the letter. */
export interface ReasonTemplate {
  id: string;
  outcome: DecisionOutcome;
  text: Bilingual;
}

/** What the city says in every letter. The city's lawyer confirms it before it is used. */
export interface LetterTemplates {
  /** Whose decision it is. */
  authority: Office;
  /** Who decides on requests for rectification. */
  rectification: Office;
  /** The court that hears appeals against decisions on rectifications. */
  court: Office;
  /** Laws that apply to every decision, one in a line. */
  provisions: Bilingual;
  /** What the criteria of a scheme are based on, one in a line. */
  ofSchemes: readonly { scheme: string; provisions: Bilingual }[];
  reasons: readonly ReasonTemplate[];
}
