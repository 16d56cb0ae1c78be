import * as v from 'valibot';
import { cardDocument, type CardDocument } from '$lib/documents/register/card-document';
import type { LocalDate } from '$lib/domain/time/day';
import { cardStatuses } from '$lib/domain/visit/card';
import { checkDigit } from '$lib/domain/visit/card-number';
import type { ByteReader, ByteWriter } from './bytes';

/**
 * A card in about ten bytes: the number without its check digit (a reader may get it as a distance from the
 * card before), one byte of status and flags, the scheme as an index into the bucket's table of texts, the
 * first day since 2000 and the other days as distances, then what only some cards have.
 */

const codeKinds = ['qr', 'barcode', 'rfid'] as const;

const flag = { statusUntil: 8, codes: 16, own: 32, hint: 64 } as const;
const statusBits = 7;

/** What few cards have, kept as JSON: many of them share the same values. */
const ownFields = v.pick(cardDocument, ['rights', 'companions', 'groupSize']);

const msOfDay = 86_400_000;
const firstDay = Date.parse('2000-01-01T00:00:00Z') / msOfDay;
const daysOf = (date: LocalDate) => Date.parse(`${date}T00:00:00Z`) / msOfDay - firstDay;
const dateOf = (days: number): LocalDate => new Date((days + firstDay) * msOfDay).toISOString().slice(0, 10);

/** The seven digits that determine the whole number, as a number. */
export const serialOf = (number: string) => Number(number.slice(0, -1));

export function numberOf(serial: number): string {
  const digits = String(serial).padStart(7, '0');
  return digits + checkDigit(digits);
}

/** The texts of a card that go into its bucket's table. */
export function tableTexts(card: CardDocument): string[] {
  const own = ownText(card);
  return own === undefined ? [card.scheme] : [card.scheme, own];
}

function ownText({ rights, companions, groupSize }: CardDocument): string | undefined {
  if (rights === undefined && companions === undefined && groupSize === undefined) return undefined;
  return JSON.stringify({ rights, companions, groupSize });
}

/** Whether a card survives packing unchanged: UTF-8 has no half surrogates. */
export function isPackable(card: CardDocument): boolean {
  const texts = [card.hint ?? '', ownText(card) ?? '', ...card.codes.map(({ value }) => value)];
  return texts.every((text) => text.isWellFormed());
}

/** Everything except the number. */
export function writeCard(writer: ByteWriter, card: CardDocument, table: ReadonlyMap<string, number>): void {
  const own = ownText(card);
  const { statusUntil, codes, hint } = card;
  const place = (text: string) => table.get(text) ?? 0;
  writer.varint(
    cardStatuses.indexOf(card.status) |
      (statusUntil === undefined ? 0 : flag.statusUntil) |
      (codes.length === 0 ? 0 : flag.codes) |
      (own === undefined ? 0 : flag.own) |
      (hint === undefined ? 0 : flag.hint),
  );
  const from = daysOf(card.validFrom);
  writer
    .varint(place(card.scheme))
    .signed(from)
    .signed(daysOf(card.validUntil) - from);
  if (statusUntil !== undefined) writer.signed(daysOf(statusUntil) - from);
  if (codes.length > 0) {
    writer.varint(codes.length);
    for (const { kind, value } of codes) writer.varint(codeKinds.indexOf(kind)).text(value);
  }
  if (own !== undefined) writer.varint(place(own));
  if (hint !== undefined) writer.text(hint);
}

/** Skips a card without building one. */
export function skipCard(reader: ByteReader): void {
  const flags = reader.varint();
  reader.varint();
  reader.varint();
  reader.varint();
  if (flags & flag.statusUntil) reader.varint();
  if (flags & flag.codes) {
    for (let left = reader.varint(); left > 0; left--) {
      reader.varint();
      reader.block();
    }
  }
  if (flags & flag.own) reader.varint();
  if (flags & flag.hint) reader.block();
}

/**
 * @throws {RangeError
 * v.ValiError} for bytes that are not a card
 */
export function readCard(reader: ByteReader, serial: number, table: readonly string[]): CardDocument {
  const number = numberOf(serial);
  const flags = reader.varint();
  const scheme = at(table, reader.varint());
  const from = reader.signed();
  const validFrom = dateOf(from);
  const validUntil = dateOf(from + reader.signed());
  const statusUntil = flags & flag.statusUntil ? { statusUntil: dateOf(from + reader.signed()) } : {};
  const codes = flags & flag.codes ? readCodes(reader) : [];
  const own = flags & flag.own ? v.parse(ownFields, JSON.parse(at(table, reader.varint()))) : {};
  const hint = flags & flag.hint ? { hint: reader.text() } : {};
  const status = at(cardStatuses, flags & statusBits);
  const basics = { _id: `card:${number}`, type: 'card', v: 1, number, codes, scheme, status } as const;
  return { ...basics, ...statusUntil, validFrom, validUntil, ...own, ...hint };
}

function readCodes(reader: ByteReader): CardDocument['codes'] {
  return Array.from({ length: reader.varint() }, () => ({
    kind: at(codeKinds, reader.varint()),
    value: reader.text(),
  }));
}

function at<T>(list: readonly T[], place: number): T {
  const item = list[place];
  if (item === undefined) throw new RangeError('no such place');
  return item;
}
