import type {
  OfferingDocument,
  SchemeDocument,
  ServiceDocument,
  SettingsDocument,
  VenueDocument,
} from '$lib/documents/catalogue/catalogue-documents';
import { ruleFromField, type RuleField } from '$lib/documents/catalogue/rule-fields';
import type { LocalizedText } from '$lib/documents/fields';
import { m } from '$lib/paraglide/messages';
import { formatCount, formatDay, formatMoney, formatTimeOfDay } from '$lib/ui/format';
import {
  companionClauses,
  hoursClause,
  pauseSentence,
  ruleClauses,
  schemeSentence,
  spanText,
} from '$lib/ui/rule-sentence';
import { symbologyNames } from '$lib/ui/symbology-names';
import type { EditedDocument } from './entry-lists';

/** A document's name, by its `_id`. */
type NameOf = (id: string) => string;

/** A field's name on the form, and its value as text. */
interface FieldWords<T> {
  label: () => string;
  text: (value: T, name: NameOf) => string;
}

/** Names and values of every field that a coordinator edits. */
type WordsOf<D> = {
  [Field in Exclude<keyof D, '_id' | 'type' | 'v'>]-?: FieldWords<NonNullable<D[Field]>>;
};

const names: FieldWords<LocalizedText> = {
  label: () => `${m.catalogue_name_fi()} / sv / en`,
  text: ({ fi, sv, en }) => `${fi} / ${sv} / ${en}`,
};
const text = (label: () => string): FieldWords<string> => ({ label, text: (value) => value });
const day = (label: () => string): FieldWords<string> => ({ label, text: formatDay });
const number = (label: () => string): FieldWords<number> => ({ label, text: formatCount });
const money = (label: () => string): FieldWords<number> => ({ label, text: formatMoney });
const yesOrNo = (label: () => string): FieldWords<boolean> => ({
  label,
  text: (value) => (value ? m.catalogue_yes() : m.catalogue_no()),
});
const hours: FieldWords<NonNullable<ServiceDocument['hours']>> = {
  label: m.catalogue_hours_venue,
  text: (spans) => spans.map(hoursClause).join(', '),
};
const ruleText = (rule: RuleField) => ruleClauses(ruleFromField(rule)).join(', ');

const scheme: WordsOf<SchemeDocument> = {
  names,
  services: {
    label: m.catalogue_gives,
    text: (ids, name) => ids.map((id) => name(`service:${id}`)).join(', '),
  },
  graceDays: number(m.catalogue_grace),
  startsOnFirstVisit: {
    label: m.catalogue_first_visit,
    text: (startsOnFirstVisit) => schemeSentence({ startsOnFirstVisit, graceDays: 0 }),
  },
  fee: money(m.catalogue_fee),
  companions: {
    label: m.catalogue_children,
    text: (companions) =>
      companionClauses({ companions, childrenUnder: companions.childrenUnder }).join(', '),
  },
  rules: {
    label: m.catalogue_own_rule,
    text: (rules, name) =>
      Object.entries(rules)
        .map(([service, rule]) => `${name(`service:${service}`)}: ${ruleText(rule)}`)
        .join('; '),
  },
  endedChoiceFrees: yesOrNo(m.catalogue_frees),
  hintShown: yesOrNo(m.catalogue_hint),
};

const service: WordsOf<ServiceDocument> = {
  names,
  sector: text(m.catalogue_sector),
  venues: {
    label: m.catalogue_at_venues,
    text: (ids, name) => ids.map((id) => name(`venue:${id}`)).join(', '),
  },
  listPrice: money(m.catalogue_list_price),
  rule: { label: m.rule_kind, text: ruleText },
  paused: {
    label: m.catalogue_paused,
    text: ({ since, until, why }) => {
      const told = pauseSentence({ paused: { since, ...(until !== undefined && { until }) } });
      return [...told, ...(why ? [names.text(why, String)] : [])].join(' ');
    },
  },
  hours,
  repeatMinutes: number(m.catalogue_repeat),
};

const stale: Record<VenueDocument['stale']['then'], () => string> = {
  admit: m.catalogue_stale_admit,
  ask: m.catalogue_stale_ask,
  refuse: m.catalogue_stale_refuse,
};

function exceptionText({ from, to, hours: spans, why }: VenueDocument['exceptions'][number]): string {
  const days = from === to ? formatDay(from) : `${formatDay(from)}–${formatDay(to)}`;
  const open = spans.length === 0 ? m.catalogue_exception_closed() : spans.map(spanText).join(', ');
  return `${days}: ${open}${why ? ` (${names.text(why, String)})` : ''}`;
}

const venue: WordsOf<VenueDocument> = {
  names,
  zone: text(m.catalogue_zone),
  hours,
  exceptions: {
    label: m.catalogue_exceptions,
    text: (exceptions) => exceptions.map(exceptionText).join('; '),
  },
  closedOnHolidays: yesOrNo(m.catalogue_holidays),
  stale: {
    label: () => `${m.catalogue_stale_days()}; ${m.catalogue_stale_then()}`,
    text: ({ afterDays, then }) => `${formatCount(afterDays)}; ${stale[then]()}`,
  },
};

const kinds: Record<OfferingDocument['kind'], () => string> = {
  course: m.catalogue_kind_course,
  performance: m.catalogue_kind_performance,
  meal: m.catalogue_kind_meal,
};

const offering: WordsOf<OfferingDocument> = {
  names,
  kind: { label: m.catalogue_kind, text: (kind) => kinds[kind]() },
  service: { label: m.catalogue_service, text: (id, name) => name(`service:${id}`) },
  venue: { label: m.catalogue_venue, text: (id, name) => name(`venue:${id}`) },
  from: day(m.catalogue_first_day),
  until: day(m.catalogue_last_day),
  choosableUntil: day(m.catalogue_choosable_until),
  startsAt: { label: m.catalogue_starts_at, text: formatTimeOfDay },
  seats: number(m.catalogue_seats),
  cancelled: yesOrNo(m.catalogue_called_off),
};

const settings: WordsOf<SettingsDocument> = {
  names,
  cameraCodes: {
    label: m.catalogue_camera_codes,
    text: (chosen) => chosen.map((each) => symbologyNames[each]).join(', '),
  },
};

const words = { scheme, service, venue, offering, settings };

/** A field's own text; undefined for a field from a newer version of Tiski. */
function wordsFor(field: string, { type }: EditedDocument): FieldWords<unknown> | undefined {
  // Documents were checked against their schemas when they were read: a field has the type that its name
  // implies.
  return (words[type] as unknown as Record<string, FieldWords<unknown>>)[field];
}

/** The name of a document's field on the form. */
export const fieldLabel = (field: string, document: EditedDocument): string =>
  wordsFor(field, document)?.label() ?? field;

/** A field's value as text. */
export function fieldText(field: string, value: unknown, document: EditedDocument, name: NameOf): string {
  if (value === undefined || value === null) return m.catalogue_nothing();
  const told = wordsFor(field, document)?.text(value, name) ?? JSON.stringify(value);
  return told === '' ? m.catalogue_nothing() : told;
}
