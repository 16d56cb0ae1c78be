import * as v from 'valibot';
import { cardNumber, localDate } from '$lib/documents/fields';
import { caseId, ulidText } from '$lib/documents/people/person-document';
import { outcomeOf } from '$lib/domain/benefit/case-status';
import { foldCase } from '$lib/domain/benefit/fold-case';
import type { Person } from '../../api/caller';
import { ApiFailure } from '../../api-failure';
import { readCase, readPerson } from '../../people/people-documents';
import { findCardLog, type Handing } from './card-logs';
import { firstLog } from './first-log';
import { settleCard } from './settle-card';

/** A card for a granted case. */
export const handOutRequest = v.pipe(
  v.object({
    handOut: ulidText,
    case: caseId,
    number: v.optional(cardNumber),
    from: localDate,
    until: localDate,
  }),
  v.forward(
    v.check(({ from, until }) => from <= until, 'is before the first day'),
    ['until'],
  ),
);

/**
 * Gives somebody the card that they were granted: in the audit log, then in the card's log, then in the
 * register and with the person. Sent again after a crash at any point, it does what is missing.
 * @returns its number
 * @throws {ApiFailure} 404; 409 `card-taken`, `card-in-use`; 422 `not-granted`, `has-card`
 */
export async function handOutCard(
  handing: Handing,
  request: v.InferOutput<typeof handOutRequest>,
  by: Person,
): Promise<string> {
  const { client, now } = handing;
  const file = await readCase(client, request.case);
  const status = file && foldCase(file.log);
  if (file === undefined || status === undefined) {
    throw new ApiFailure(404, 'unknown-case', 'There is no such case.');
  }
  if (outcomeOf(status) !== 'granted' || status.state === 'received') {
    throw new ApiFailure(422, 'not-granted', 'The case was not granted, or is open again.');
  }
  await requireNoOther(handing, file, request.handOut);
  const { from, until } = request;
  const given = await firstLog(
    handing,
    request,
    {
      person: file.person,
      case: file._id,
      scheme: file.scheme,
      right: [
        {
          kind: 'granted',
          by: by.account,
          role: 'hand-out',
          at: now().getTime(),
          scheme: file.scheme,
          from,
          until,
        },
      ],
    },
    by,
  );
  await settleCard(client, given, now());
  return given.number;
}

/** A case gives one card; another comes as its successor. */
async function requireNoOther(
  { client }: Handing,
  file: { _id: string; person: string },
  handOut: string,
): Promise<void> {
  const person = await readPerson(client, file.person);
  const held = person?.cards.find((each) => each.case === file._id && each.until === undefined);
  if (held === undefined) return;
  const log = await findCardLog(client, held.number);
  if (log?.card.some((event) => event.kind === 'handed-out' && event.handOut === handOut)) return;
  throw new ApiFailure(422, 'has-card', 'This case has its card. Replace that one instead.');
}
