import * as v from 'valibot';
import { canonicalJson } from '$lib/documents/canonical';
import { catalogueDatabase } from '$lib/documents/databases';
import { parseDocument } from '$lib/documents/parse-document';
import type { CardDocument } from '$lib/documents/register/card-document';
import { requireOk, type CouchClient } from '../couch/client';
import { asRead, type CardsOfFile } from './cards-of-file';
import type { CardRow } from './import-csv';
import type { CsvFault } from './import-report';
import { storedCards, type StoredCard } from './stored-cards';

/** What an import does, or would do, to the register. */
export interface ImportCounts {
  added: number;
  changed: number;
  unchanged: number;
}

export const noCounts: ImportCounts = { added: 0, changed: 0, unchanged: 0 };

export const addCounts = (a: ImportCounts, b: ImportCounts): ImportCounts => ({
  added: a.added + b.added,
  changed: a.changed + b.changed,
  unchanged: a.unchanged + b.unchanged,
});

/** What has to be written so that the register matches some rows. */
export interface RegisterPlan {
  documents: StoredCard[];
  counts: ImportCounts;
  faults: CsvFault[];
}

const idPage = v.object({ rows: v.array(v.object({ id: v.string() })) });

/** The ids of the catalogue's schemes. */
export async function schemeIds(client: CouchClient): Promise<Set<string>> {
  const range = `startkey=${key('scheme:')}&endkey=${key('scheme;')}`;
  const body = await requireOk(client, 'GET', `/${catalogueDatabase}/_all_docs?${range}`);
  return new Set(v.parse(idPage, body).rows.map(({ id }) => id.slice('scheme:'.length)));
}

/** Compares some rows with their cards in the register; writes nothing. */
export function planRows(rows: readonly CardRow[], stored: ReadonlyMap<string, StoredCard>): RegisterPlan {
  const plan: RegisterPlan = { documents: [], counts: { ...noCounts }, faults: [] };
  for (const row of rows) {
    const before = stored.get(`card:${row.number}`);
    const next = mergedCard(row, before ?? newCard(row.number));
    if (before === undefined) plan.counts.added += 1;
    else if (canonicalJson(next) === canonicalJson(before)) {
      plan.counts.unchanged += 1;
      continue;
    } else {
      plan.counts.changed += 1;
      plan.faults.push(...unreadable(next, row));
    }
    plan.documents.push(next);
  }
  return plan;
}

/** Codes that the file gives to one card but that stay on another in the register. */
export async function takenCodes(client: CouchClient, cards: CardsOfFile): Promise<CsvFault[]> {
  const faults: CsvFault[] = [];
  if (!cards.hasCodes) return faults;
  for await (const stored of storedCards(client)) {
    const number = stored._id.slice('card:'.length);
    // If the file itself lists this card's codes, duplicates were found while it was read.
    if (cards.namesCodesOf(number)) continue;
    for (const code of storedCodes(stored)) {
      const line = cards.lineOfCode(code);
      if (line === undefined) continue;
      faults.push({
        line,
        column: 'codes',
        reason: `${asRead(code)} belongs to card ${number} in the register`,
      });
    }
  }
  return faults;
}

const key = (id: string) => encodeURIComponent(JSON.stringify(id));

function newCard(number: string): StoredCard {
  return { _id: `card:${number}`, type: 'card', v: 1, number, codes: [], status: 'active' };
}

/** The file overrides the stored card; what the file leaves empty stays as it was. */
function mergedCard(row: CardRow, stored: StoredCard): StoredCard {
  const { scheme, validFrom, validUntil, status, codes, hint, children, assistant, groupSize } = row;
  const next: StoredCard = {
    ...stored,
    scheme,
    validFrom,
    validUntil,
    ...(status === undefined ? {} : { status }),
    ...(codes === undefined ? {} : { codes }),
    ...(hint === undefined ? {} : { hint }),
    ...(groupSize === undefined ? {} : { groupSize }),
  };
  if (children !== undefined || assistant !== undefined) {
    next['companions'] = {
      ...storedCompanions(stored),
      ...(children === undefined ? {} : { children }),
      ...(assistant === undefined ? {} : { assistant }),
    };
  }
  // The last day belonged to the suspension that the file ends.
  if (next['status'] !== stored['status']) delete next['statusUntil'];
  return next;
}

const storedCompanions = ({ companions }: StoredCard): object =>
  typeof companions === 'object' && companions !== null ? companions : {};

function storedCodes(stored: StoredCard): string[] {
  const codes = stored['codes'] as CardDocument['codes'] | undefined;
  return Array.isArray(codes) ? codes.map((code) => String(code?.value)) : [];
}

/** A stored card that the file can't make readable: broken, or from a newer Tiski. */
function unreadable(next: StoredCard, { line, number }: CardRow): CsvFault[] {
  const parsed = parseDocument(next);
  if (parsed.ok) return [];
  const { unreadable: why } = parsed;
  const told = why.reason === 'invalid' ? why.faults.join('; ') : why.reason;
  return [{ line, reason: `the register's own card ${number} is not readable (${told})` }];
}
