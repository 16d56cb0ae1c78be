import * as v from 'valibot';
import type { Card } from '$lib/domain/visit/card';
import { canonicalCodes, cardDocument, cardFromDocument } from './card-document';

/** What is known about a card whose newest version could not be read completely (S7). */
export interface PartlyRead {
  /** Absent if not even scheme, status and dates are known. */
  card?: Card;
  /** In canonical form (R1). */
  codes: string[];
  /** A field that decides a visit could not be read: ask staff (R3). */
  isUnreadable: boolean;
}

const { status, statusUntil, scheme, validFrom, validUntil, codes, hint } = cardDocument.entries;

/**
 * S7: reads a card's document field by field when it is of a newer version or broken. What can be read
 * counts; the rest stays as in `last`, the last readable version. If only codes and hint are faulty, the card
 * counts as completely read.
 */
export function readPartly(
  number: string,
  raw: unknown,
  last: { card?: Card; codes: readonly string[] } | undefined,
): PartlyRead {
  const fields = fieldsOf(number, raw);
  const readableCodes = Array.isArray(fields['codes'])
    ? fields['codes'].flatMap((code) => readable(codes.item, code) ?? [])
    : undefined;
  const ownCodes = readableCodes ? canonicalCodes({ codes: readableCodes }) : [...(last?.codes ?? [])];
  const { hint: hinted, ...decisive } = fields;
  const ownHint = readable(hint, hinted);
  const whole = readable(cardDocument, {
    ...decisive,
    _id: `card:${number}`,
    v: 1,
    codes: readableCodes ?? [],
    ...(ownHint !== undefined && { hint: ownHint }),
  });
  if (whole) return { card: cardFromDocument(whole), codes: ownCodes, isUnreadable: false };
  const card = laidOver(number, fields, last?.card);
  return { ...(card && { card }), codes: ownCodes, isUnreadable: true };
}

/** Takes nothing from a document that is not a card, or not the card that its id says. */
function fieldsOf(number: string, raw: unknown): Record<string, unknown> {
  if (typeof raw !== 'object' || raw === null) return {};
  const fields = raw as Record<string, unknown>;
  return fields['type'] === 'card' && fields['number'] === number ? fields : {};
}

function laidOver(number: string, fields: Record<string, unknown>, last: Card | undefined): Card | undefined {
  const { status: lastStatus, statusUntil: lastUntil, ...rest } = last ?? {};
  const read = readable(status, fields['status']);
  const until = read === undefined ? lastUntil : readable(statusUntil, fields['statusUntil']);
  const known = {
    scheme: readable(scheme, fields['scheme']) ?? last?.scheme,
    status: read ?? lastStatus,
    validFrom: readable(validFrom, fields['validFrom']) ?? last?.validFrom,
    validUntil: readable(validUntil, fields['validUntil']) ?? last?.validUntil,
  };
  if (!isComplete(known)) return undefined;
  return { ...rest, number, ...known, ...(until !== undefined && { statusUntil: until }) };
}

const isComplete = <T extends object>(known: T): known is { [K in keyof T]: NonNullable<T[K]> } =>
  Object.values(known).every((value) => value !== undefined);

function readable<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> | undefined {
  const parsed = v.safeParse(schema, value);
  return parsed.success ? parsed.output : undefined;
}
