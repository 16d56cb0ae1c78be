import { addDays, type LocalDate } from '$lib/domain/time/day';
import { workingDayFrom } from '$lib/domain/time/working-day';
import type { LetterWay } from './case-action';
import { inForce, type CaseStatus, type Letter, type Reopening } from './case-status';

/** Days from sending a letter until its receiver is held to have notice of it. */
const daysToNotice: Record<LetterWay, number> = {
  // Hallintolaki 434/2003, 59 §.
  post: 7,
  // Laki sähköisestä asioinnista viranomaistoiminnassa 13/2003, 19 §; only with consent.
  'e-message': 3,
  'in-hand': 0,
};

/** Kuntalaki 410/2015, 139 §. */
const daysToRequest = 14;

/** Laki oikeudenkäynnistä hallintoasioissa 808/2019, 13 §. */
const daysToAppeal = 30;

/** What a person can do about a decision: a decision on a rectification goes to a court (kuntalaki 135 §). */
export const redressOf = (reopening: Reopening | undefined): 'rectification' | 'appeal' =>
  reopening?.kind === 'rectification' ? 'appeal' : 'rectification';

/** B15: the day on which the receiver is held to know. It may be a holiday: notice is no time limit. */
export const noticeDay = ({ way, on }: Letter): LocalDate => addDays(on, daysToNotice[way]);

/** B16: the last day on which a request for rectification is in time; the day of notice does not count. */
export const lastDayToRequest = (notice: LocalDate): LocalDate =>
  workingDayFrom(addDays(notice, daysToRequest));

/** B16: the last day on which an appeal is in time. */
export const lastDayToAppeal = (notice: LocalDate): LocalDate =>
  workingDayFrom(addDays(notice, daysToAppeal));

/** B16: the last day that a letter gives its receiver. @param reopening what the decision answers */
export const lastDayOfLetter = (letter: Letter, reopening?: Reopening): LocalDate =>
  redressOf(reopening) === 'appeal'
    ? lastDayToAppeal(noticeDay(letter))
    : lastDayToRequest(noticeDay(letter));

/** The days that follow from a letter, for whoever reads it and whoever sent it. */
export interface LetterDates {
  notice: LocalDate;
  lastDay: LocalDate;
  /** Unless somebody asks for something until then. */
  finalFrom: LocalDate;
}

/** B15 B16 B17 */
export function letterDates(letter: Letter, reopening?: Reopening): LetterDates {
  const lastDay = lastDayOfLetter(letter, reopening);
  return { notice: noticeDay(letter), lastDay, finalFrom: addDays(lastDay, 1) };
}

/**
 * B17: from which day the case's decision is final. A letter is sent again if the first did not arrive, so
 * the latest day counts. Absent while nothing was made known, and while the case is open.
 */
export function isFinalFrom(status: CaseStatus): LocalDate | undefined {
  if (status.state === 'received') return undefined;
  const held = inForce(status);
  if (!held || held.outcome === 'withdrawn') return undefined;
  return held.letters
    .map((letter) => letterDates(letter, held.reopening).finalFrom)
    .sort()
    .at(-1);
}
