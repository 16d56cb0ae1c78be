import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import * as v from 'valibot';
import { registerDatabase } from '$lib/documents/databases';
import { codesOfBucket } from '$lib/documents/register/packed/bucket';
import { rowsOfPart, unpackedRow } from '$lib/documents/register/packed/part';
import { snapshotId, snapshotManifest } from '$lib/documents/register/packed/snapshot-document';
import { canonicalCode } from '$lib/domain/code/canonical-code';
import { isCardNumber } from '$lib/domain/visit/card-number';
import { bytesOf } from '../../bytes';
import { documentPath, requireOk, type CouchClient } from '../../couch/client';
import { readEpoch } from '../../epochs/read-epoch';
import { CodePairs } from './code-pairs';

/** Changes per request: some 20 ms of work, and then others have their turn. */
const pageSize = 500;

const storedCard = v.looseObject({ _id: v.string() });
const changesPage = v.object({
  results: v.array(v.object({ doc: v.nullish(storedCard) })),
  last_seq: v.union([v.string(), v.number()]),
});
const cardsByKey = v.object({ rows: v.array(v.object({ doc: v.nullish(storedCard) })) });
const withParts = v.object({
  ...snapshotManifest.entries,
  _attachments: v.record(v.string(), v.object({ data: v.string() })),
});

const unzip = promisify(gunzip);

/**
 * R1: finds cards by the codes of imported stock, however they are written. It costs nothing until the first
 * look-up, which reads the packed register (S18), or without one the whole register; later ones read what has
 * changed since, and the cards that they find. For a million cards with a code each, the first takes seconds,
 * later ones milliseconds, and the index 16 MB, over either store.
 */
export class CodeIndex {
  #pairs = new CodePairs();
  #epoch: string | undefined;
  #seq = '0';
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly client: CouchClient) {}

  /**
   * The number of the card that carries a code; as at a desk, the active one if the code moved from one card
   * to another.
   * @throws {UnexpectedCouchReply} if the store refuses a request
   */
  async find(code: string): Promise<string | undefined> {
    const wanted = canonicalCode(code);
    // One after the other: both would read the same.
    const caughtUp = this.#turn.then(() => this.#catchUp());
    this.#turn = caughtUp.catch(() => undefined);
    await caughtUp;
    const keys = this.#pairs.numbersFor(wanted).map((number) => `card:${number}`);
    if (keys.length === 0) return undefined;
    const path = `/${registerDatabase}/_all_docs?include_docs=true`;
    const { rows } = v.parse(cardsByKey, await requireOk(this.client, 'POST', path, { keys }));
    const found = rows.flatMap(({ doc }) => (doc && codesOf(doc).includes(wanted) ? [doc] : []));
    const card = found.find(({ status }) => status === 'active') ?? found[0];
    return card && numberOfCard(card);
  }

  async #catchUp(): Promise<void> {
    const epoch = await readEpoch(this.client, registerDatabase, this.#epoch);
    // S8: another copy of the register.
    if (epoch !== this.#epoch) await this.#begin(epoch);
    while (!(await this.#readPage()));
  }

  /** Returns whether it was the last page. */
  async #readPage(): Promise<boolean> {
    const query = new URLSearchParams({ since: this.#seq, limit: String(pageSize), include_docs: 'true' });
    const path = `/${registerDatabase}/_changes?${query}`;
    const page = v.parse(changesPage, await requireOk(this.client, 'GET', path));
    const seq = String(page.last_seq);
    const isBack = Number.parseInt(seq, 10) < Number.parseInt(this.#seq, 10);
    // The files were copied back: other changes have replaced those that were read.
    this.#seq = isBack ? '0' : seq;
    for (const { doc } of page.results) if (doc) this.#note(doc);
    return !isBack && page.results.length < pageSize;
  }

  async #begin(epoch: string): Promise<void> {
    this.#pairs = new CodePairs();
    try {
      this.#seq = (await this.#readPacked(epoch)) ?? '0';
    } catch {
      // A broken one is skipped, as at a desk.
      this.#seq = '0';
    }
    this.#epoch = epoch;
  }

  /** S18: up to where the packed register goes; undefined without one. */
  async #readPacked(epoch: string): Promise<string | undefined> {
    const path = `${documentPath(registerDatabase, snapshotId(epoch))}?attachments=true`;
    const parsed = v.safeParse(withParts, (await this.client.request('GET', path)).body);
    if (!parsed.success) return undefined;
    const { parts, buckets, seq, _attachments: attachments } = parsed.output;
    let bucket = 0;
    for (const { name, rows } of parts) {
      const bytes = await unzip(bytesOf(Buffer.from(attachments[name]?.data ?? '', 'base64')));
      for (const row of rowsOfPart(new Uint8Array(bytes), rows)) {
        if (bucket++ < buckets)
          for (const { value, number } of codesOfBucket(row)) this.#pairs.add(value, number);
        else for (const document of unpackedIn(row)) this.#note(document);
      }
      await nextTurn();
    }
    return seq;
  }

  #note(document: v.InferOutput<typeof storedCard>): void {
    const number = numberOfCard(document);
    // The register may have numbers that no card can have: nobody finds them.
    if (isCardNumber(number)) for (const code of codesOf(document)) this.#pairs.add(code, number);
  }
}

const numberOfCard = ({ _id: id }: { _id: string }) => id.slice('card:'.length);

const codes = v.array(v.object({ value: v.string() }));

/** Even of a card that this build can't read: it may be of a newer one. */
function codesOf(document: Record<string, unknown>): string[] {
  const parsed = v.safeParse(codes, document['codes']);
  return parsed.success ? parsed.output.map(({ value }) => canonicalCode(value)) : [];
}

const unpackedIn = (row: Uint8Array) => v.parse(unpackedRow, JSON.parse(new TextDecoder().decode(row)));
