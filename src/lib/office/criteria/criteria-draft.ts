import { freeIdentifier } from '$lib/documents/accounts/suggested-identifier';
import type { CriteriaInput } from '$lib/documents/criteria/criteria-document';
import type { LocalizedText } from '$lib/documents/fields';
import type { SchemeMode } from '$lib/domain/benefit/case-action';
import type { LocalDate } from '$lib/domain/time/day';

/** Criteria as a form holds them: what is switched off for a moment is not lost. */
export interface CriteriaDraft {
  from: LocalDate;
  mode: SchemeMode;
  questions: QuestionDraft[];
  proofs: NamedDraft[];
  servicePaths: PathDraft[];
  validity: { kind: 'months' | 'until'; months: number | undefined; day: number | undefined; month: string };
  cap: { kind: 'none' | 'yearly' | 'pilot'; most: number | undefined; from: LocalDate; until: LocalDate };
  whoQualifies: LocalizedText;
  whatElse: LocalizedText;
}

/** Something of a list; `key` stays while it moves, `id` is empty until it is first saved. */
interface Listed {
  key: number;
  id: string;
}
export interface NamedDraft extends Listed {
  names: LocalizedText;
}
export interface PathDraft extends NamedDraft {
  organisations: string[];
}
export interface QuestionDraft extends Listed {
  kind: 'yes-no' | 'choice' | 'text';
  text: LocalizedText;
  isRequired: boolean;
  options: NamedDraft[];
}

export const emptyText = (): LocalizedText => ({ fi: '', sv: '', en: '' });

/** A key that no item of this tab has. */
let keys = Date.now();
export const newKey = (): number => (keys += 1);

export const newNamed = (): NamedDraft => ({ key: newKey(), id: '', names: emptyText() });
export const newPath = (): PathDraft => ({ ...newNamed(), organisations: [] });
export const newQuestion = (): QuestionDraft => ({
  key: newKey(),
  id: '',
  kind: 'yes-no',
  text: emptyText(),
  isRequired: true,
  options: [newNamed(), newNamed()],
});

const keyed = <T extends object>(item: T): T & { key: number } => ({ ...item, key: newKey() });

/** A form that begins with a version, or empty. @param from the first day that it proposes */
export function draftFrom(version: CriteriaInput | undefined, from: LocalDate): CriteriaDraft {
  const { validity, cap } = version ?? {};
  const [month = '12', day = '31'] = validity && 'until' in validity ? validity.until.split('-') : [];
  const isPilot = cap?.kind === 'pilot';
  return {
    from,
    mode: version?.mode ?? 'decision',
    questions: (version?.questions ?? []).map((question) => ({
      ...keyed(question),
      options: question.kind === 'choice' ? question.options.map(keyed) : [newNamed(), newNamed()],
    })),
    proofs: (version?.proofs ?? []).map(keyed),
    servicePaths: version === undefined ? [newPath()] : version.servicePaths.map(keyed),
    validity: {
      kind: validity && 'until' in validity ? 'until' : 'months',
      months: validity && 'months' in validity ? validity.months : 12,
      day: Number(day),
      month,
    },
    cap: {
      kind: cap?.kind ?? 'none',
      most: cap?.most ?? 100,
      from: isPilot ? cap.from : from,
      until: isPilot ? cap.until : from,
    },
    whoQualifies: version?.whoQualifies ?? emptyText(),
    whatElse: version?.whatElse ?? emptyText(),
  };
}

/** What would be saved: new items get ids from their Finnish names, and keep them in later versions. */
export function criteriaFromDraft(draft: CriteriaDraft): CriteriaInput {
  const { from, mode, whoQualifies, whatElse } = draft;
  return {
    from,
    mode,
    questions: withIds(draft.questions, ({ text }) => text.fi, 'kysymys').map(
      ({ id, kind, text, isRequired, options }) => {
        const asked = { id, text, isRequired };
        return kind === 'choice'
          ? { ...asked, kind, options: namedFrom(options, 'vaihtoehto') }
          : { ...asked, kind };
      },
    ),
    proofs: namedFrom(draft.proofs, 'todistus'),
    servicePaths: withIds(draft.servicePaths, ({ names }) => names.fi, 'polku').map(
      ({ id, names, organisations }) => ({ id, names, organisations }),
    ),
    validity: validityFrom(draft.validity),
    ...capFrom(draft.cap),
    whoQualifies,
    whatElse,
  };
}

export function withIds<T extends { id: string }>(
  items: readonly T[],
  nameOf: (item: T) => string,
  otherwise: string,
): T[] {
  const taken = new Set(items.map(({ id }) => id));
  return items.map((item) => {
    if (item.id !== '') return item;
    const id = freeIdentifier(nameOf(item), taken, otherwise);
    taken.add(id);
    return { ...item, id };
  });
}

const namedFrom = (items: readonly NamedDraft[], otherwise: string) =>
  withIds(items, ({ names }) => names.fi, otherwise).map(({ id, names }) => ({ id, names }));

function validityFrom({ kind, months, day, month }: CriteriaDraft['validity']): CriteriaInput['validity'] {
  return kind === 'months'
    ? { months: months ?? NaN }
    : { until: `${month}-${String(day).padStart(2, '0')}` };
}

function capFrom({ kind, most = NaN, from, until }: CriteriaDraft['cap']): Pick<CriteriaInput, 'cap'> {
  switch (kind) {
    case 'none':
      return {};
    case 'yearly':
      return { cap: { kind, most } };
    case 'pilot':
      return { cap: { kind, most, from, until } };
  }
}
