import type { LetterWay } from '$lib/domain/benefit/case-action';
import type { LocalDate } from '$lib/domain/time/day';
import type { Letter } from './letter';
import { finnish } from './letter-text-fi';
import type { LetterLanguage } from './letter-templates';
import { swedish } from './letter-text-sv';

/** What a letter says around its content, in one language. */
export interface LetterText {
  draft: string;
  kind: string;
  labels: Record<'decidedOn' | 'sentOn' | 'reference' | 'phone' | 'email', string>;
  headings: Record<'decision' | 'reasons' | 'basis' | 'official' | 'notice', string>;
  /** The day with its weekday, where it stands alone. */
  fullDay: (day: LocalDate) => string;
  shortDay: (day: LocalDate) => string;
  subject: (letter: Letter) => string;
  decision: (letter: Letter) => string;
  validity: (from: string, until: string) => string;
  services: string;
  facts: (letter: Letter) => string[];
  provisions: string;
  decidedBy: string;
  askFrom: string;
  notice: (way: LetterWay, sent: string, notice: string) => string;
  redress: Record<Letter['redress']['kind'], RedressText>;
}

/** Instructions for a rectification, or for an appeal. */
export interface RedressText {
  heading: string;
  intro: string;
  to: string;
  lastDayHeading: string;
  /** How the last day follows from the notice. */
  period: (notice: string) => string;
  arrival: string;
  contentHeading: string;
  content: readonly string[];
  attachedHeading: string;
  attached: readonly string[];
  /** Signature, and what it costs. */
  closing: readonly string[];
}

const texts: Record<LetterLanguage, LetterText> = { fi: finnish, sv: swedish };

export const letterText = (language: LetterLanguage): LetterText => texts[language];
