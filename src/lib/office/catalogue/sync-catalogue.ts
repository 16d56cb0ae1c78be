import { canonicalJson } from '$lib/documents/canonical';
import { catalogueDocumentFrom, type CatalogueRevision } from '$lib/office/lookups/stored-catalogue';
import type { OfficeFailure, OfficeOutcome } from '$lib/office/session/ask';
import type { CatalogueRemote } from './catalogue-remote';
import type { DraftRow, CatalogueDraftsDatabase } from './drafts-database';

/**
 * S17: sends a coordinator's changes and fetches the catalogue, once. A change is sent with the revision that
 * it is based on, so nobody's work is overwritten: if somebody else was faster, it becomes a conflict, and
 * both versions are kept. A draft is only removed once the server has it.
 */
export async function syncCatalogue(
  db: CatalogueDraftsDatabase,
  now: () => number,
  remote: CatalogueRemote,
): Promise<OfficeOutcome<undefined>> {
  const waiting = await db.drafts.where('state').equals('waiting').toArray();
  for (const draft of waiting) {
    const failure = await send(db, draft, remote);
    if (failure) return { ok: false, failure };
  }
  if (waiting.some(({ draft }) => draft.type === 'service')) {
    const provisioned = await remote.provision();
    if (!provisioned.ok) return provisioned;
  }
  const pulled = await remote.pull();
  if (!pulled.ok) return pulled;
  await db.transaction('rw', db.documents, db.facts, async () => {
    await db.documents.clear();
    await db.documents.bulkPut(pulled.value);
    await db.facts.put({ key: 'synced-at', value: now() });
  });
  return { ok: true, value: undefined };
}

/** Sends one change; returns the failure that ends the round. */
async function send(
  db: CatalogueDraftsDatabase,
  row: DraftRow,
  remote: CatalogueRemote,
): Promise<OfficeFailure | undefined> {
  const sent = await remote.put(row.draft, row.baseRev);
  if (sent.ok) {
    await settle(db, row, { ...row.draft, _rev: sent.value });
    return undefined;
  }
  const { failure } = sent;
  if (failure.kind === 'failed' && failure.error === 'conflict') return compare(db, row, remote);
  const isRefused =
    failure.kind === 'forbidden' || (failure.kind === 'failed' && failure.error === 'forbidden');
  if (!isRefused) return failure;
  const reason = failure.kind === 'failed' ? failure.reason : 'forbidden';
  await db.drafts.update(row._id, { state: 'refused', reason });
  return undefined;
}

/** Somebody else was faster, or our own answer was lost: then the server already has what we sent. */
async function compare(
  db: CatalogueDraftsDatabase,
  row: DraftRow,
  remote: CatalogueRemote,
): Promise<OfficeFailure | undefined> {
  const found = await remote.read(row._id);
  if (!found.ok) return found.failure;
  const theirs = found.value;
  const parsed = catalogueDocumentFrom(theirs);
  if (parsed && canonicalJson(parsed) === canonicalJson(row.draft)) await settle(db, row, theirs);
  else await db.drafts.update(row._id, { state: 'conflict', theirs });
  return undefined;
}

/** The server has it; a draft that was changed again meanwhile is based on it from now on. */
async function settle(db: CatalogueDraftsDatabase, sent: DraftRow, stored: CatalogueRevision): Promise<void> {
  await db.transaction('rw', db.documents, db.drafts, async () => {
    await db.documents.put(stored);
    const present = await db.drafts.get(sent._id);
    if (present?.savedAt === sent.savedAt) await db.drafts.delete(sent._id);
    else if (present) await db.drafts.update(sent._id, { baseRev: stored._rev });
  });
}
