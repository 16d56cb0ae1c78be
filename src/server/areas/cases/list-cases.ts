import type { CaseRow } from '../../people/case-row';

/** What the inbox can show, oldest first; what is closed, newest first. */
export const caseViews = ['mine', 'unassigned', 'open', 'waiting', 'decided', 'closed'] as const;
export type CaseView = (typeof caseViews)[number];

const belongs: Record<CaseView, (row: CaseRow, account: string) => boolean> = {
  mine: (row, account) => row.state !== 'closed' && row.assignee === account,
  unassigned: (row) => row.state === 'received' && row.assignee === undefined,
  open: (row) => row.state === 'received',
  waiting: (row) => row.state === 'received' && row.flags.includes('waiting-for-information'),
  /** Letters to send, and cases to close. */
  decided: (row) => row.state === 'decided',
  closed: (row) => row.state === 'closed',
};

export const casesPerPage = 50;

export interface CaseList {
  rows: readonly CaseRow[];
  /** How many each view has. */
  counts: Record<CaseView, number>;
}

/** A page of a view, and how many cases each has for this account. @param page 0, 1, … */
export function listCases(
  rows: Iterable<CaseRow>,
  { view, page, account }: { view: CaseView; page: number; account: string },
): CaseList {
  const counts = Object.fromEntries(caseViews.map((each) => [each, 0])) as Record<CaseView, number>;
  const shown: CaseRow[] = [];
  for (const row of rows) {
    for (const each of caseViews) {
      if (!belongs[each](row, account)) continue;
      counts[each] += 1;
      if (each === view) shown.push(row);
    }
  }
  const order = view === 'closed' ? newestChange : oldestFirst;
  return { rows: shown.sort(order).slice(page * casesPerPage, (page + 1) * casesPerPage), counts };
}

const oldestFirst = (a: CaseRow, b: CaseRow) => a.receivedAt - b.receivedAt;
const newestChange = (a: CaseRow, b: CaseRow) => b.changedAt - a.changedAt;
