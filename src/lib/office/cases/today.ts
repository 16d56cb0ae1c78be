import { localDate, type LocalDate } from '$lib/domain/time/day';

/** The official's own calendar day. */
export const today = (): LocalDate => localDate(Date.now(), Intl.DateTimeFormat().resolvedOptions().timeZone);
