import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import { entryNumber, type EntryDocument } from '$lib/documents/audit/entry-document';
import { boundedText } from '$lib/documents/fields';
import { personId } from '$lib/documents/people/person-document';
import { ApiFailure } from '../../api-failure';
import type { ApiSettings } from '../../api/api-settings';
import { requireRight } from '../../api/caller';
import { bodyOf } from '../../api/json-bodies';
import { ChainCheck } from '../../audit/chain-check';
import { headText } from '../../audit/verify-chain';
import { readPerson } from '../../people/people-documents';
import { auditCsv } from './audit-csv';
import { auditQuery, exportBody, filterOf, filterText, parsedOr400 } from './audit-query';

type AuditSettings = Pick<ApiSettings, 'backend' | 'audit' | 'auditIndex' | 'now'>;

export const entriesPerPage = 50;
/** The most entries in one file; for more, somebody exports month by month. */
export const mostExported = 10_000;

const nameBody = v.object({ person: personId, why: boundedText(500) });

/** The audit log, for those with the right to read it. That they read it is in it too. */
export function addAudit(routes: FastifyInstance, { backend, audit, auditIndex, now }: AuditSettings): void {
  const { client } = backend;
  const check = new ChainCheck(client, now);

  routes.get('/audit', async (asked, reply) => {
    const by = await requireRight(backend, asked, reply, 'audit');
    const { before, ...filter } = parsedOr400(auditQuery, asked.query);
    await audit({ ...lookOf(by, filter), action: 'audit-read' });
    const found = await auditIndex.find(filterOf(filter), entriesPerPage, before);
    return { ...found, entries: found.entries.map(shownEntry) };
  });

  routes.post('/audit/export', async (asked, reply) => {
    const by = await requireRight(backend, asked, reply, 'audit');
    const filter = parsedOr400(exportBody, bodyOf(asked));
    await audit({ ...lookOf(by, filter), action: 'audit-exported' });
    const { entries, total } = await auditIndex.find(filterOf(filter), mostExported);
    return { csv: auditCsv(entries), exported: entries.length, total };
  });

  // Most questions about the log need no name. Who needs one asks for it, one at a time, and says why.
  routes.post('/audit/person', async (asked, reply) => {
    const by = await requireRight(backend, asked, reply, 'audit');
    const { person, why } = parsedOr400(nameBody, bodyOf(asked));
    await audit({
      account: by.account,
      action: 'person-named',
      people: [person],
      why,
      rights: [...by.rights],
    });
    const stored = await readPerson(client, person);
    if (stored === undefined) throw new ApiFailure(404, 'unknown-person', 'There is no such person.');
    return { person, ...(stored.facts && { name: stored.facts.name }) };
  });

  routes.get('/audit/chain', async (asked, reply) => {
    await requireRight(backend, asked, reply, 'audit');
    return toldCheck();
  });

  routes.post('/audit/chain', async (asked, reply) => {
    const by = await requireRight(backend, asked, reply, 'audit');
    if (check.state.state !== 'running') await audit({ account: by.account, action: 'audit-verified' });
    check.start();
    return toldCheck();
  });

  function toldCheck() {
    const { state } = check;
    if (state.state !== 'done') return state;
    return { ...state, head: state.head.number === 0 ? '' : headText(state.head) };
  }
}

function lookOf(
  { account, rights }: { account: string; rights: ReadonlySet<string> },
  filter: v.InferOutput<typeof exportBody>,
) {
  const about = filterText(filter);
  return {
    account,
    rights: [...rights],
    ...(filter.person !== undefined && { people: [filter.person] }),
    ...(filter.case !== undefined && { case: filter.case }),
    ...(about !== '' && { about }),
  };
}

/** An entry as it is shown: ids, and no name. */
const shownEntry = ({
  _id,
  at,
  account,
  action,
  people,
  case: id,
  about,
  why,
  organisation,
}: EntryDocument) => ({
  number: entryNumber(_id),
  at,
  account,
  action,
  people: people ?? [],
  ...(id !== undefined && { case: id }),
  ...(about !== undefined && { about }),
  ...(why !== undefined && { why }),
  ...(organisation !== undefined && { organisation }),
});
