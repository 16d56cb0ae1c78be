import * as v from 'valibot';
import type { CatalogueDocument } from '../../src/lib/documents/catalogue/catalogue-documents';
import {
  documentSchemas,
  type DocumentType,
  type TiskiDocument,
  type Unreadable,
} from '../../src/lib/documents/parse-document';
import type { CardDocument } from '../../src/lib/documents/register/card-document';
import type { LogDocument } from '../../src/lib/documents/visits/visit-documents';
import type { Card } from '../../src/lib/domain/visit/card';
import type { Change } from '../../src/lib/sync/ports';
import type { Kind } from './databases';

/** S7 in the model's own words. The schemas alone are the engine's: they are the format, and nothing that it does. */

type Fault = Unreadable['reason'];

const types: Record<Kind, readonly string[]> = {
  catalogue: ['scheme', 'service', 'venue', 'offering', 'key', 'rescue-key', 'settings'],
  register: ['card', 'snapshot'],
  visits: ['visit', 'void', 'choice', 'release', 'resolution'],
};

export const isLogged = (document: TiskiDocument): document is LogDocument =>
  types.visits.includes(document.type);
export const isOfCatalogue = (document: TiskiDocument): document is CatalogueDocument =>
  types.catalogue.includes(document.type);

const isKnown = (type: unknown): type is DocumentType => Object.values(types).flat().includes(String(type));

/** A document that this build understands, or why it doesn't. */
export function readingOf(raw: object): TiskiDocument | Fault {
  const { _id, type, v: version }: { _id?: unknown; type?: unknown; v?: unknown } = raw;
  if (typeof version === 'number' && version > 1) return 'newer-version';
  if (!isKnown(type)) return 'unknown-type';
  const { success, output } = v.safeParse(documentSchemas[type], raw);
  return success && String(_id).startsWith(`${type}:`) && isNamed(output) ? output : 'invalid';
}

/** Whether its id says what it is about. */
function isNamed(document: TiskiDocument): boolean {
  switch (document.type) {
    case 'card':
      return document._id === `card:${document.number}`;
    case 'void':
      return document._id === `void:${document.visit}`;
    case 'release':
      return document._id === `release:${document.choice}`;
    default:
      return true;
  }
}

/** A page's changes: what can be believed, what was deleted, and what goes into quarantine. */
export interface Sorted {
  readable: TiskiDocument[];
  deleted: string[];
  unreadable: { id: string; reason: Fault; document: object }[];
}

export function sorted(kind: Kind, changes: readonly Change[]): Sorted {
  const result: Sorted = { readable: [], deleted: [], unreadable: [] };
  for (const { id, deleted, document: body } of changes) {
    if (id.startsWith('_design/')) continue;
    const document = Object(body) as object;
    const reading = readingOf(document);
    if (deleted) result.deleted.push(id);
    else if (typeof reading === 'string') result.unreadable.push({ id, reason: reading, document });
    else if (types[kind].includes(reading.type) && reading._id === id) result.readable.push(reading);
    else result.unreadable.push({ id, reason: 'invalid', document });
  }
  return result;
}

/** What a device keeps of a card: all but the codes, which are only for finding it. */
export function cardOf(document: CardDocument): Card {
  const fields: [string, unknown][] = Object.entries(document);
  const kept = fields.filter(([name]) => !['_id', 'type', 'v', 'codes'].includes(name));
  return Object.fromEntries(kept) as unknown as Card;
}

/** S7: what can be read of a card's newest version, laid over the last one that could be read. */
export function partlyRead(
  number: string,
  raw: object,
  last: Card | undefined,
): { card?: Card; isUnreadable: boolean } {
  const isOwn = 'type' in raw && raw.type === 'card' && 'number' in raw && raw.number === number;
  const said: Record<string, unknown> = isOwn ? { ...raw, _id: `card:${number}`, v: 1, codes: [] } : {};
  if (faultyFields(said).has('hint')) delete said['hint'];
  const faulty = faultyFields(said);
  if (faulty.size === 0) {
    return { card: cardOf(v.parse(documentSchemas.card, said)), isUnreadable: false };
  }
  const { status, statusUntil, ...rest } = last ?? {};
  const ofStatus = faulty.has('status')
    ? { status, statusUntil }
    : { status: said['status'], statusUntil: faulty.has('statusUntil') ? undefined : said['statusUntil'] };
  const dates = ['scheme', 'validFrom', 'validUntil'].filter((field) => !faulty.has(field));
  const known = {
    ...rest,
    ...Object.fromEntries(dates.map((field) => [field, said[field]])),
    ...ofStatus,
    number,
  };
  const isEnough = ['scheme', 'status', 'validFrom', 'validUntil'].every(
    (field) => new Map(Object.entries(known)).get(field) !== undefined,
  );
  return { ...(isEnough && { card: known as Card }), isUnreadable: true };
}

function faultyFields(card: Record<string, unknown>): Set<unknown> {
  const { issues = [] } = v.safeParse(documentSchemas.card, card);
  return new Set(issues.map(({ path }) => path?.[0].key));
}
