import type { LocalDate } from '$lib/domain/time/day';
import type { Logged } from './logged';

/** How a case came in: by a referral, by the resident at a counter, or typed in from paper. */
export const caseSources = ['referral', 'application', 'paper'] as const;
export type CaseSource = (typeof caseSources)[number];

/** Fixed criteria and a record only, or a decision that an authority makes. */
export const schemeModes = ['hand-out', 'decision'] as const;
export type SchemeMode = (typeof schemeModes)[number];

/** What a 'decided' action may say; always about the benefit itself, also on a rectification (B13). */
export const decisionOutcomes = ['granted', 'refused', 'not-examined'] as const;
export type DecisionOutcome = (typeof decisionOutcomes)[number];

export const caseOutcomes = [...decisionOutcomes, 'withdrawn', 'lapsed'] as const;
export type CaseOutcome = (typeof caseOutcomes)[number];

/** How a letter went out: by post, as an e-message with consent, or given in hand. */
export const letterWays = ['post', 'e-message', 'in-hand'] as const;
export type LetterWay = (typeof letterWays)[number];

/** The persons and cards that may be of the same human being. */
export interface Duplicates {
  persons: readonly string[];
  cards: readonly string[];
}

/** One entry of a case's log. */
export type CaseAction = Logged &
  (
    | {
        kind: 'received';
        source: CaseSource;
        mode: SchemeMode;
        isIncomplete: boolean;
        /** Who made it, as a device says: another account than the one that sent it. */
        madeBy?: string;
      }
    | { kind: 'assigned'; to: string }
    | ({ kind: 'flagged' } & Duplicates)
    | { kind: 'duplicate-judged'; verdict: 'same'; person: string }
    | { kind: 'duplicate-judged'; verdict: 'different' }
    /** `until` is the last day to answer (hallintolaki 33 §). */
    | { kind: 'information-requested'; what: string; until: LocalDate }
    | { kind: 'information-received'; isIncomplete: boolean }
    /** A proof is shown, never stored: its kind, and the day it was seen. */
    | { kind: 'proof-seen'; proof: string; on: LocalDate }
    | { kind: 'over-cap'; isOver: boolean }
    | {
        kind: 'decided';
        outcome: DecisionOutcome;
        on: LocalDate;
        /** Ids of the templates used. */
        reasons: readonly string[];
        text: string;
        /** B8: marks a decision on a case that the same account entered. */
        isSelfApproved?: boolean;
        /** What a grant gives; without it, what the criteria say of the day. */
        validity?: { from: LocalDate; until: LocalDate };
      }
    | { kind: 'withdrawn'; on: LocalDate }
    | { kind: 'lapsed'; on: LocalDate; text: string }
    /** `letter` is the stored copy; a letter that was written elsewhere has none. */
    | { kind: 'letter-sent'; way: LetterWay; on: LocalDate; letter?: string }
    /** `on` is the day on which the request arrived. */
    | { kind: 'rectification-requested'; on: LocalDate }
    | { kind: 'written-decision-requested'; on: LocalDate }
    | { kind: 'closed' }
  );
export type CaseActionKind = CaseAction['kind'];
