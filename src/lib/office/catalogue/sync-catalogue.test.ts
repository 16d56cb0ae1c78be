import 'fake-indexeddb/auto';
import Dexie from 'dexie';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CatalogueRevision } from '$lib/office/lookups/stored-catalogue';
import type { OfficeFailure, OfficeOutcome } from '$lib/office/session/ask';
import { aService } from '../../../../tests/builders';
import type { CatalogueRemote } from './catalogue-remote';
import { CatalogueDraftsDatabase, readEntries, saveDraft } from './drafts-database';
import { syncCatalogue } from './sync-catalogue';

Dexie.dependencies.indexedDB = indexedDB;
Dexie.dependencies.IDBKeyRange = IDBKeyRange;

/** A server with revisions, whose answers can fail and get lost. */
class FakeCatalogue implements CatalogueRemote {
  readonly documents = new Map<string, CatalogueRevision>();
  failure: OfficeFailure | undefined;
  losesAnswers = false;

  async pull(): Promise<OfficeOutcome<CatalogueRevision[]>> {
    return this.failure
      ? { ok: false, failure: this.failure }
      : { ok: true, value: [...this.documents.values()] };
  }
  async read(id: string): Promise<OfficeOutcome<CatalogueRevision>> {
    const found = this.documents.get(id);
    if (!found) return { ok: false, failure: { kind: 'failed', error: 'not_found', reason: 'missing' } };
    return { ok: true, value: found };
  }
  async put(document: { _id: string }, rev: string | undefined): Promise<OfficeOutcome<string>> {
    if (this.failure) return { ok: false, failure: this.failure };
    const present = this.documents.get(document._id);
    if (present?._rev !== rev) {
      return {
        ok: false,
        failure: { kind: 'failed', error: 'conflict', reason: 'Document update conflict.' },
      };
    }
    const next = `${Number(rev?.split('-')[0] ?? 0) + 1}-x`;
    this.documents.set(document._id, { ...document, _rev: next });
    return this.losesAnswers ? { ok: false, failure: { kind: 'unreachable' } } : { ok: true, value: next };
  }
  async provision(): Promise<OfficeOutcome<unknown>> {
    return { ok: true, value: {} };
  }
}

let opened = 0;
let db: CatalogueDraftsDatabase;
let remote: FakeCatalogue;
const now = () => 1_000;
const sync = (database = db) => syncCatalogue(database, now, remote);
const swim = aService('swim');
const entry = async (database = db) => (await readEntries(database)).get('service:swim');

beforeEach(async () => {
  db = new CatalogueDraftsDatabase(`office-${++opened}`);
  remote = new FakeCatalogue();
  remote.documents.set(swim._id, { ...swim, _rev: '1-a' });
  await sync();
});

const change = (listPrice: number, database = db, baseRev: string | undefined = '1-a') =>
  saveDraft(database, { ...swim, listPrice }, { baseRev, now: listPrice });

describe('S17 a coordinator’s changes', () => {
  it('show at once, are sent with the revision that they are based on, and then are the server’s', async () => {
    await change(800);
    expect(await entry()).toMatchObject({ document: { listPrice: 800 }, draft: { state: 'waiting' } });
    expect(await sync()).toEqual({ ok: true, value: undefined });
    expect(remote.documents.get(swim._id)).toMatchObject({ listPrice: 800, _rev: '2-x' });
    expect(await entry()).toEqual({ document: { ...swim, listPrice: 800 }, rev: '2-x' });
  });

  it('wait for the network and for a sign-in, for as long as it takes', async () => {
    await change(800);
    for (const failure of [{ kind: 'unreachable' }, { kind: 'signed-out' }] as const) {
      remote.failure = failure;
      expect(await sync()).toEqual({ ok: false, failure });
      expect(await entry()).toMatchObject({ draft: { state: 'waiting', draft: { listPrice: 800 } } });
    }
    remote.failure = undefined;
    await sync();
    expect(remote.documents.get(swim._id)).toMatchObject({ listPrice: 800 });
  });

  it('are not sent twice when the answer got lost', async () => {
    await change(800);
    remote.losesAnswers = true;
    await sync();
    remote.losesAnswers = false;
    await sync();
    expect(remote.documents.get(swim._id)).toMatchObject({ listPrice: 800, _rev: '2-x' });
    expect((await entry())?.draft).toBeUndefined();
  });

  it('meet somebody else’s as a conflict: both are kept, and a later round changes nothing', async () => {
    const other = new CatalogueDraftsDatabase(`office-${++opened}`);
    await sync(other);
    await change(800);
    await change(900, other);
    await sync();
    await sync(other);
    await sync(other);
    expect(remote.documents.get(swim._id)).toMatchObject({ listPrice: 800 });
    expect((await entry(other))?.draft).toMatchObject({
      state: 'conflict',
      draft: { listPrice: 900 },
      theirs: { listPrice: 800, _rev: '2-x' },
    });
    await change(950, other, '2-x');
    await sync(other);
    expect(remote.documents.get(swim._id)).toMatchObject({ listPrice: 950, _rev: '3-x' });
  });

  it('that the server refuses are kept, with its reason', async () => {
    await change(800);
    remote.failure = { kind: 'forbidden' };
    await sync();
    expect((await entry())?.draft).toMatchObject({ state: 'refused', draft: { listPrice: 800 } });
  });

  it('of a new document are sent without a revision', async () => {
    const gym = aService('gym');
    await saveDraft(db, gym, { baseRev: undefined, now: 1 });
    await sync();
    expect(remote.documents.get(gym._id)).toMatchObject({ _rev: '1-x' });
  });
});
