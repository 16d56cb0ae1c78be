import * as v from 'valibot';
import { caseDocument } from '$lib/documents/cases/case-document';
import type { CaseOutcome } from '$lib/domain/benefit/case-action';
import { flagsOf, outcomeOf, type CaseFlag, type CaseState } from '$lib/domain/benefit/case-status';
import { foldCase } from '$lib/domain/benefit/fold-case';
import type { Instant } from '$lib/domain/time/day';

/** What lists show of a case: nothing about the person but the id. */
export interface CaseRow {
  id: string;
  person: string;
  scheme: string;
  state: CaseState;
  outcome: CaseOutcome | undefined;
  flags: readonly CaseFlag[];
  receivedAt: Instant;
  /** When somebody last did something to it. */
  changedAt: Instant;
  assignee: string | undefined;
  enteredBy: string;
  organisation: string | undefined;
}

/** Undefined for a document that can't be read. */
export function caseRow(document: unknown): CaseRow | undefined {
  const parsed = v.safeParse(caseDocument, document);
  if (!parsed.success) return undefined;
  const { _id: id, person, scheme, log } = parsed.output;
  const status = foldCase(log);
  if (status === undefined) return undefined;
  return {
    id,
    person,
    scheme,
    state: status.state,
    outcome: outcomeOf(status),
    flags: flagsOf(status),
    receivedAt: status.receivedAt,
    changedAt: log.at(-1)?.at ?? status.receivedAt,
    assignee: status.assignee,
    enteredBy: status.enteredBy,
    organisation: status.organisation,
  };
}
