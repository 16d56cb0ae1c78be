import type { CardLogDocument } from '$lib/documents/people/card-log-document';
import type { CardDocument } from '$lib/documents/register/card-document';
import { foldCard, registerStatusOf } from '$lib/domain/benefit/card-life';
import { rightOf, rightStateOn } from '$lib/domain/benefit/right';
import type { LocalDate } from '$lib/domain/time/day';

/**
 * B29: the register's document of a card, as the desks decide by it; undefined if there is none to tell of.
 * What the register alone knows, such as codes and a card's own rights, stays.
 * @param today the city's day
 */
export function registerCard(
  { number, scheme, card, right: events }: CardLogDocument,
  stored: CardDocument | undefined,
  today: LocalDate,
): CardDocument | undefined {
  const status = registerStatusOf(foldCard(number, card));
  const right = rightOf(events);
  if (status === undefined || right === undefined) return undefined;
  const held = rightStateOn(events, today, 0);
  const suspension = right.suspensions.find(
    ({ from, until }) => from <= today && (until === undefined || today <= until),
  );
  const isHeldBack = status === 'active' && held === 'suspended';
  const next: CardDocument = {
    ...(stored ?? { _id: `card:${number}`, type: 'card', v: 1, number, codes: [] }),
    scheme,
    status: isHeldBack ? 'suspended' : held === 'ended' && status === 'active' ? 'ended' : status,
    validFrom: right.from,
    validUntil: right.until,
  };
  delete next.statusUntil;
  return isHeldBack && suspension?.until !== undefined ? { ...next, statusUntil: suspension.until } : next;
}
