import * as v from 'valibot';
import { registerDatabase } from '$lib/documents/databases';
import { requireOk, type CouchClient } from '../couch/client';

/** A card from the register: fields that this import doesn't know are kept as they are. */
export type StoredCard = Record<string, unknown> & { _id: string };

/**
 * Documents per request, by measurement: more gains nothing, and this stays within CouchDB's default limits.
 */
const pageSize = 2000;

const documentPage = v.object({
  rows: v.array(v.object({ id: v.string(), doc: v.looseObject({ _id: v.string() }) })),
});
/** A row for each key; without a document if there is none, or no longer. */
const documentsByKey = v.object({
  rows: v.array(v.object({ doc: v.nullish(v.looseObject({ _id: v.string() })) })),
});

/** The cards with these numbers, by id; on a cluster each is read from a quorum of nodes. */
export async function cardsByNumber(
  client: CouchClient,
  numbers: readonly string[],
): Promise<Map<string, StoredCard>> {
  const keys = numbers.map((number) => `card:${number}`);
  const body = await requireOk(client, 'POST', `/${registerDatabase}/_all_docs?include_docs=true`, { keys });
  const { rows } = v.parse(documentsByKey, body);
  return new Map(rows.flatMap(({ doc }) => (doc ? [[doc._id, doc] as const] : [])));
}

/**
 * Looks up cards batch by batch. Numbers that lie close together, as in a sorted file, are read as a range: a
 * CouchDB serves that from one node, in a fifth of the time. What that node has not heard of yet shows when
 * the card is written.
 */
export class CardLookUp {
  #isInOrder = true;

  constructor(private readonly client: CouchClient) {}

  async of(numbers: readonly string[]): Promise<Map<string, StoredCard>> {
    if (this.#isInOrder) {
      const cards = await this.#range([...numbers].sort());
      if (cards !== undefined) return cards;
      this.#isInOrder = false;
    }
    return cardsByNumber(this.client, numbers);
  }

  /** Undefined if most cards between the first and the last number belong to others. */
  async #range(numbers: readonly string[]): Promise<Map<string, StoredCard> | undefined> {
    const [first, last] = [numbers[0], numbers.at(-1)];
    if (first === undefined || last === undefined) return new Map();
    const limit = 2 * numbers.length;
    const rows = await readRange(this.client, { from: `card:${first}`, to: `card:${last}`, limit });
    return rows.length === limit ? undefined : new Map(rows.map(({ doc }) => [doc._id, doc]));
  }
}

/** All cards, page by page. */
export async function* storedCards(client: CouchClient): AsyncGenerator<StoredCard> {
  let from = 'card:';
  for (;;) {
    const rows = await readRange(client, { from, to: 'card;', limit: pageSize });
    for (const { doc } of rows) yield doc;
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return;
    // The next id in CouchDB's order of ids.
    from = `${last.id}\u0000`;
  }
}

async function readRange(
  client: CouchClient,
  { from, to, limit }: { from: string; to: string; limit: number },
): Promise<v.InferOutput<typeof documentPage>['rows']> {
  const range = `startkey=${key(from)}&endkey=${key(to)}&limit=${limit}`;
  const body = await requireOk(client, 'GET', `/${registerDatabase}/_all_docs?include_docs=true&${range}`);
  return v.parse(documentPage, body).rows;
}

const key = (id: string) => encodeURIComponent(JSON.stringify(id));
