import * as v from 'valibot';
import { caseDocument, type CaseActionInput } from '$lib/documents/cases/case-document';
import { heldCard, personFacts } from '$lib/documents/people/person-document';
import { caseOutcomes } from '$lib/domain/benefit/case-action';
import { caseFlags, caseStates, type CaseStatus } from '$lib/domain/benefit/case-status';
import type { LocalDate } from '$lib/domain/time/day';
import type { Ask } from '$lib/office/session/ask';

/** Cases and people, as the signed-in person (session cookie). */

export const caseViews = ['mine', 'unassigned', 'open', 'waiting', 'decided', 'closed'] as const;
export type CaseView = (typeof caseViews)[number];

export const casesPerPage = 50;

const row = v.object({
  id: v.string(),
  person: v.string(),
  scheme: v.string(),
  state: v.picklist(caseStates),
  outcome: v.optional(v.picklist(caseOutcomes)),
  flags: v.array(v.picklist(caseFlags)),
  receivedAt: v.number(),
  changedAt: v.number(),
  assignee: v.optional(v.string()),
  organisation: v.optional(v.string()),
});
export type CaseRow = v.InferOutput<typeof row>;

const counts = v.object(
  Object.fromEntries(caseViews.map((view) => [view, v.number()])) as Record<
    CaseView,
    v.NumberSchema<undefined>
  >,
);
const list = v.object({ rows: v.array(row), counts });
export type CaseList = v.InferOutput<typeof list>;

const otherCase = v.object({
  id: v.string(),
  scheme: v.string(),
  state: v.picklist(caseStates),
  outcome: v.optional(v.picklist(caseOutcomes)),
  receivedAt: v.number(),
});
const seenPerson = v.object({
  id: v.string(),
  facts: v.optional(personFacts),
  cards: v.array(heldCard),
  cases: v.array(otherCase),
});
/** Somebody as an official sees them; without facts if they were erased. */
export type SeenPerson = v.InferOutput<typeof seenPerson>;

const seenCase = v.object({
  case: v.intersect([caseDocument, v.object({ _rev: v.string() })]),
  status: v.custom<CaseStatus>((value) => v.is(v.looseObject({ state: v.picklist(caseStates) }), value)),
  flags: v.array(v.picklist(caseFlags)),
  outcome: v.optional(v.picklist(caseOutcomes)),
  person: seenPerson,
  duplicates: v.array(seenPerson),
});
export type SeenCase = v.InferOutput<typeof seenCase>;

const found = v.object({
  people: v.array(
    v.object({
      id: v.string(),
      given: v.string(),
      family: v.string(),
      birthYear: v.number(),
      cards: v.array(v.string()),
    }),
  ),
  total: v.number(),
});
export type FoundPeople = v.InferOutput<typeof found>;

/** @param page 0, 1, … */
export const listCases = (ask: Ask, view: CaseView, page: number) =>
  ask('GET', `/api/cases?view=${view}&page=${page}`, list);

export const readCase = (ask: Ask, id: string) =>
  ask('GET', `/api/cases/${encodeURIComponent(id)}`, seenCase);

/** The case afterwards; `changed` if somebody else was faster. */
export const actOnCase = (ask: Ask, { case: { _id, _rev: rev } }: SeenCase, action: CaseActionInput) =>
  ask('POST', `/api/cases/${encodeURIComponent(_id)}/actions`, seenCase, { action, rev });

/** @param asked `handOut`: a ULID that the form keeps; `number`: of a preprinted card */
export const handOutCard = (
  ask: Ask,
  asked: { handOut: string; case: string; number?: string; from: LocalDate; until: LocalDate },
) => ask('POST', '/api/holders', v.object({ number: v.string() }), asked);

export const searchPeople = (ask: Ask, text: string) => ask('POST', '/api/people/search', found, { text });

export const readPerson = (ask: Ask, id: string) =>
  ask('GET', `/api/people/${encodeURIComponent(id)}`, seenPerson);
