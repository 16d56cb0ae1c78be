import { addDays, type LocalDate } from '$lib/domain/time/day';
import { workingDayFrom } from '$lib/domain/time/working-day';
import type { LetterWay } from './case-action';
import { inForce, type CaseStatus, type Letter } from './case-status';

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

/** B15: the day on which the receiver is held to know. It may be a holiday: notice is no time limit. */
export const noticeDay = ({ way, on }: Letter): LocalDate => addDays(on, daysToNotice[way]);

/** B16: the last day on which a request for rectification is in time; the day of notice does not count. */
export const lastDayToRequest = (notice: LocalDate): LocalDate =>
  workingDayFrom(addDays(notice, daysToRequest));

/** B16: the last day that a letter gives its receiver. */
export const lastDayOfLetter = (letter: Letter): LocalDate => lastDayToRequest(noticeDay(letter));

/**
 * B17: from which day the case's decision is final. A letter is sent again if the first did not arrive, so
 * the latest day counts. Absent while nothing was made known, and while the case is open.
 */
export function isFinalFrom(status: CaseStatus): LocalDate | undefined {
  if (status.state === 'received') return undefined;
  const held = inForce(status);
  if (!held || held.outcome === 'withdrawn') return undefined;
  const last = held.letters.map(lastDayOfLetter).sort().at(-1);
  return last === undefined ? undefined : addDays(last, 1);
}
