import type { LocalizedText } from '$lib/documents/fields';
import { serviceFromDocument } from '$lib/documents/catalogue-documents';
import { m } from '$lib/paraglide/messages';
import { formatDay } from '$lib/ui/format';
import { ruleSentence } from '$lib/ui/rule-sentence';
import type { EditedDocument } from './entry-lists';

const labels: Record<string, () => string> = {
  names: () => `${m.catalogue_name_fi()} / sv / en`,
  sector: m.catalogue_sector,
  venues: m.catalogue_at_venues,
  listPrice: m.catalogue_list_price,
  fee: m.catalogue_fee,
  rule: m.rule_kind,
  rules: m.catalogue_own_rule,
  paused: m.catalogue_paused,
  hours: m.catalogue_hours_venue,
  repeatMinutes: m.catalogue_repeat,
  exceptions: m.catalogue_exceptions,
  closedOnHolidays: m.catalogue_holidays,
  stale: m.catalogue_stale_days,
  services: m.catalogue_gives,
  graceDays: m.catalogue_grace,
  startsOnFirstVisit: m.catalogue_first_visit,
  companions: m.catalogue_children,
  endedChoiceFrees: m.catalogue_frees,
  hintShown: m.catalogue_hint,
  kind: m.catalogue_kind,
  service: m.catalogue_service,
  venue: m.catalogue_venue,
  from: m.catalogue_first_day,
  until: m.catalogue_last_day,
  choosableUntil: m.catalogue_choosable_until,
  startsAt: m.catalogue_starts_at,
  seats: m.catalogue_seats,
  cancelled: m.catalogue_called_off,
};

/** What a field of a document is called on the form. */
export const fieldLabel = (field: string): string => labels[field]?.() ?? field;

const days = new Set(['from', 'until', 'choosableUntil']);

/**
 * What a field holds, for reading; what has no words of its own is shown as it is written.
 * @param name what a document is called, by its `_id`
 */
export function fieldText(
  field: string,
  value: unknown,
  document: EditedDocument,
  name: (id: string) => string,
): string {
  if (value === undefined || value === null) return m.catalogue_nothing();
  if (typeof value === 'boolean') return value ? m.catalogue_yes() : m.catalogue_no();
  if (typeof value === 'number') return isMoney(field) ? (value / 100).toFixed(2) : String(value);
  if (typeof value === 'string') return days.has(field) ? formatDay(value) : value;
  if (field === 'names') {
    const { fi, sv, en } = value as LocalizedText;
    return `${fi} / ${sv} / ${en}`;
  }
  if (Array.isArray(value) && (field === 'venues' || field === 'services')) {
    const prefix = field === 'venues' ? 'venue:' : 'service:';
    return value.map((id) => name(`${prefix}${String(id)}`)).join(', ') || m.catalogue_nothing();
  }
  if (document.type === 'service' && (field === 'rule' || field === 'hours' || field === 'paused')) {
    return ruleSentence({ service: serviceFromDocument({ ...document, [field]: value }) });
  }
  return JSON.stringify(value);
}

const isMoney = (field: string) => field === 'listPrice' || field === 'fee';
