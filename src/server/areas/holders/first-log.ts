import { createHash } from 'node:crypto';
import { registerDatabase } from '$lib/documents/databases';
import type { CardLogDocument } from '$lib/documents/people/card-log-document';
import { checkDigit } from '$lib/domain/visit/card-number';
import type { Person } from '../../api/caller';
import { ApiFailure } from '../../api-failure';
import { documentPath, type CouchClient } from '../../couch/client';
import { isJsonObject } from '../../couch/json';
import { findCardLog, storeCardLog, type Handing } from './card-logs';

/** Who gets the card, and the right that it carries. */
export type Holder = Pick<CardLogDocument, 'person' | 'case' | 'scheme' | 'right'>;

interface HandOut {
  /** A ULID, made where the card is handed out: the same one again gives the same card. */
  handOut: string;
  /** Of a preprinted card; without it a number that is free is made up. */
  number?: string | undefined;
}

/**
 * The log of a card that is handed out now, entered in the audit log first.
 * @throws {ApiFailure} 409 `card-taken`, `card-in-use`
 */
export async function firstLog(
  handing: Handing,
  { handOut, number }: HandOut,
  holder: Holder,
  by: Person,
): Promise<CardLogDocument> {
  const { client, log, now } = handing;
  for (let attempt = 0; ; attempt += 1) {
    const chosen = number ?? madeUpNumber(handOut, attempt);
    const before = await findCardLog(client, chosen);
    if (before !== undefined && isOf(before, handOut)) return before;
    const fault = before === undefined ? await faultOfRegister(client, chosen) : taken();
    if (fault !== undefined && number === undefined) continue;
    if (fault !== undefined) throw fault;
    const logged = { by: by.account, role: 'hand-out' as const, at: now().getTime() };
    const document: CardLogDocument = {
      _id: `card-log:${chosen}`,
      type: 'card-log',
      v: 1,
      number: chosen,
      ...holder,
      card: [
        { ...logged, kind: 'handed-out', handOut, person: holder.person },
        { ...logged, kind: 'activated' },
      ],
    };
    await log({
      account: by.account,
      action: 'card-handed-out',
      people: [holder.person],
      about: chosen,
      rights: [...by.rights],
      ...(holder.case !== undefined && { case: holder.case }),
    });
    if ((await storeCardLog(client, document)) === 'stored') return document;
    // Somebody was faster: the same hand-out, sent twice, or another one.
    attempt -= 1;
  }
}

const isOf = ({ card }: CardLogDocument, handOut: string): boolean =>
  card.some((event) => event.kind === 'handed-out' && event.handOut === handOut);

const taken = () => new ApiFailure(409, 'card-taken', 'Somebody was given this card already.', 'number');

/** A card that the register has as active is in somebody's hand, even if nobody here knows in whose. */
async function faultOfRegister(client: CouchClient, number: string): Promise<ApiFailure | undefined> {
  const path = documentPath(registerDatabase, `card:${number}`);
  const { body } = await client.request('GET', path);
  if (!isJsonObject(body) || body['status'] !== 'active') return undefined;
  return new ApiFailure(409, 'card-in-use', 'The register has this card as active already.', 'number');
}

/** From the hand-out's id, so that one that is sent twice finds the same number. */
function madeUpNumber(handOut: string, attempt: number): string {
  const hash = createHash('sha256').update(`${handOut} ${attempt}`).digest();
  const digits = String(1_000_000 + (hash.readUIntBE(0, 6) % 9_000_000));
  return digits + checkDigit(digits);
}
