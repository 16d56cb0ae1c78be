import type { CardDocument } from '$lib/documents/register/card-document';
import { canonicalCode } from '$lib/domain/code/canonical-code';
import { readCode } from '$lib/domain/code/scan-code';
import { cardStatuses, type CardStatus } from '$lib/domain/visit/card';
import { isCardNumber } from '$lib/domain/visit/card-number';
import { bad, good, shortened, type Cell } from './import-cell';
import { spreadsheetDamage } from './import-spreadsheet';

type Code = CardDocument['codes'][number];

/** "1234 5674" or "12345674". */
export function numberCell(text: string): Cell<string> {
  const digits = text.replaceAll(/\s/g, '');
  if (isCardNumber(digits)) return good(digits);
  if (/^\d{1,7}$/.test(digits)) {
    return bad(`"${text}" has ${digits.length} digits, not 8 (spreadsheets drop zeros from the front)`);
  }
  if (!/^\d{8}$/.test(digits)) return bad(`"${shortened(text)}" is not 8 digits`);
  return bad(`"${text}" is mistyped: its check digit is wrong`);
}

export function schemeCell(text: string, schemes: ReadonlySet<string>): Cell<string> {
  if (schemes.has(text)) return good(text);
  const known = [...schemes].join(', ') || 'none yet';
  return bad(`"${shortened(text)}" is not a scheme of the catalogue (${known})`);
}

/** The statuses, and their names in Finnish and Swedish. */
const statuses = new Map<string, CardStatus>([
  ...cardStatuses.map((status) => [status, status] as const),
  ['aktiivinen', 'active'],
  ['käytössä', 'active'],
  ['aktiv', 'active'],
  ['i bruk', 'active'],
  ['pois käytöstä', 'suspended'],
  ['spärrat', 'suspended'],
  ['kadonnut', 'lost'],
  ['försvunnet', 'lost'],
  ['korvattu', 'replaced'],
  ['ersatt', 'replaced'],
  ['päättynyt', 'ended'],
  ['avslutat', 'ended'],
]);

export function statusCell(text: string): Cell<CardStatus> {
  const status = statuses.get(text.normalize('NFC').toLowerCase());
  return status ? good(status) : bad(`"${shortened(text)}" is none of ${cardStatuses.join(', ')}`);
}

/** "LR004711;rfid:04A2B80" */
export function codesCell(text: string, number: string | undefined): Cell<Code[]> {
  const codes: Code[] = [];
  for (const part of text.split(';').map((each) => each.trim())) {
    if (part === '') continue;
    const code = codeFrom(part);
    const damage = spreadsheetDamage(code.value);
    if (damage !== undefined) return bad(damage);
    const canonical = canonicalCode(code.value);
    const read = readCode(canonical);
    if (read.kind === 'impossible') return bad(`"${shortened(part)}" is not a code that can be scanned`);
    const isOwn = read.kind === 'number' && read.number === number;
    // A card can always be found by its own number, except one that a reader would type as a UID.
    if (isOwn && readCode(code.value).kind === 'number') continue;
    if (read.kind === 'number' && !isOwn)
      return bad(`"${part}" would be read as the number of card ${read.number}`);
    if (codes.some(({ value }) => canonicalCode(value) === canonical))
      return bad(`"${code.value}" is there twice`);
    codes.push(code);
  }
  return good(codes);
}

function codeFrom(part: string): Code {
  const prefixed = /^(qr|barcode|rfid):(.*)$/is.exec(part);
  if (!prefixed) return { kind: 'barcode', value: part };
  return { kind: prefixed[1]?.toLowerCase() as Code['kind'], value: (prefixed[2] ?? '').trim() };
}

export function hintCell(text: string): Cell<string> {
  if (text.length > 20) return bad(`has ${text.length} characters, at most 20 are kept`);
  if (/\p{C}/u.test(text)) return bad('holds a character that can not be shown');
  return good(text);
}

/** A whole number, at least `least`. */
export function countCell(text: string, least: number): Cell<number> {
  return /^\d{1,4}$/.test(text) && Number(text) >= least
    ? good(Number(text))
    : bad(`"${shortened(text)}" is not a whole number, ${least} or more`);
}

const answers = new Map([
  ['yes', true],
  ['no', false],
  ['kyllä', true],
  ['ei', false],
  ['ja', true],
  ['nej', false],
]);

/** In any of the product's languages. */
export function yesNoCell(text: string): Cell<boolean> {
  const answer = answers.get(text.normalize('NFC').toLowerCase());
  return answer === undefined ? bad(`"${shortened(text)}" is neither yes nor no`) : good(answer);
}
