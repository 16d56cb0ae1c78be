import * as v from 'valibot';
import { cardNumber, localDate } from '$lib/documents/fields';
import type { CardLogDocument } from '$lib/documents/people/card-log-document';
import { ulidText } from '$lib/documents/people/person-document';
import { blockReasons, foldCard, type CardEvent } from '$lib/domain/benefit/card-life';
import { refusalOfCardEvent } from '$lib/domain/benefit/card-refusal';
import { endReasons, suspensionReasons } from '$lib/domain/benefit/right';
import type { Person } from '../../api/caller';
import { ApiFailure } from '../../api-failure';
import type { Stored } from '../../people/people-documents';
import { readCardLog, storeCardLog, type Handing } from './card-logs';
import { firstLog } from './first-log';
import { settleCard } from './settle-card';

/** What happens to the card itself. */
const cardActions = [
  v.object({ kind: v.literal('blocked'), reason: v.picklist(blockReasons) }),
  v.object({ kind: v.literal('unblocked') }),
  /** `number`: of a preprinted card; without it one is made up. */
  v.object({ kind: v.literal('replaced'), handOut: ulidText, number: v.optional(cardNumber) }),
] as const;
/** What happens to the right that it carries. */
const rightActions = [
  v.object({ kind: v.literal('renewed'), until: localDate }),
  v.object({
    kind: v.literal('suspended'),
    from: localDate,
    until: v.optional(localDate),
    reason: v.picklist(suspensionReasons),
  }),
  v.object({ kind: v.literal('unsuspended'), on: localDate }),
  v.object({ kind: v.literal('ended'), on: localDate, reason: v.picklist(endReasons) }),
] as const;
export const cardAction = v.variant('kind', [...cardActions, ...rightActions]);
type CardAction = v.InferOutput<typeof cardAction>;
type ToCard = Extract<CardAction, { kind: 'blocked' | 'unblocked' | 'replaced' }>;

/**
 * Changes a card or its right, by the rules B22 to B29; desks know it as soon as they have contact.
 * @param rev the revision of the card's log that the person looked at
 * @returns the number of the new card, if this one was replaced
 * @throws {ApiFailure} 404; 409 `changed`; 422 with the rule that says no
 */
export async function actOnCard(
  handing: Handing,
  number: string,
  { action, rev }: { action: CardAction; rev: string },
  by: Person,
): Promise<string | undefined> {
  const { client, log, now } = handing;
  const stored = await readCardLog(client, number);
  if (stored._rev !== rev) throw changed();
  const logged = { by: by.account, role: 'hand-out' as const, at: now().getTime() };
  const isToCard = action.kind === 'blocked' || action.kind === 'unblocked' || action.kind === 'replaced';
  if (isToCard) requireAllowed(stored, action, logged);
  const successor = action.kind === 'replaced' ? await successorOf(handing, stored, action, by) : undefined;
  await log({
    account: by.account,
    action: isToCard ? `card-${action.kind}` : `right-${action.kind}`,
    people: [stored.person],
    about: number,
    rights: [...by.rights],
    ...(stored.case !== undefined && { case: stored.case }),
  });
  const next = isToCard
    ? { ...stored, card: [...stored.card, eventOf(action, logged, successor)] }
    : { ...stored, right: [...stored.right, { ...logged, ...action } as CardLogDocument['right'][number]] };
  if ((await storeCardLog(client, next)) === 'conflict') throw changed();
  await settleCard(client, next, now());
  return successor;
}

type Logged = Pick<CardEvent, 'by' | 'role' | 'at'>;

const eventOf = (action: ToCard, logged: Logged, successor = ''): CardEvent =>
  action.kind === 'replaced' ? { ...logged, kind: 'replaced', successor } : { ...logged, ...action };

function requireAllowed({ number, card }: CardLogDocument, action: ToCard, logged: Logged): void {
  const refusal = refusalOfCardEvent(foldCard(number, card), eventOf(action, logged));
  if (refusal !== undefined) throw new ApiFailure(422, refusal, texts[refusal]);
}

const texts: Record<NonNullable<ReturnType<typeof refusalOfCardEvent>>, string> = {
  'not-in-stock': 'Somebody was given this card already.',
  'no-such-hand-out': 'There is no such hand-out.',
  'not-handed-out': 'Nobody has this card.',
  'hand-outs-in-conflict': 'The card was handed out twice: settle that first.',
  'already-blocked': 'The card is blocked already.',
  'not-blocked': 'Block the card first, as lost, stolen or defect.',
  'has-successor': 'The card was replaced by another.',
  'own-successor': 'A card can’t replace itself.',
  destroyed: 'The card was destroyed.',
};

/** B27: the new card carries the right of the old one. */
async function successorOf(
  handing: Handing,
  { person, scheme, right, case: file }: Stored<CardLogDocument>,
  { handOut, number }: Extract<CardAction, { kind: 'replaced' }>,
  by: Person,
): Promise<string> {
  const next = await firstLog(handing, { handOut, number }, { person, scheme, right, case: file }, by);
  await settleCard(handing.client, next, handing.now());
  return next.number;
}

const changed = () => new ApiFailure(409, 'changed', 'Somebody else has changed the card. Look again.');
