import type { CatalogueDocument } from '$lib/documents/catalogue/catalogue-documents';
import { localDate, type LocalDate } from '$lib/domain/time/day';
import { m } from '$lib/paraglide/messages';
import { formatDay } from '$lib/ui/format';
import type { CatalogueEntry } from './drafts-database';

/** Kinds with many entries: a list each, to which a coordinator adds. */
export const listedTypes = ['service', 'scheme', 'venue', 'offering'] as const;
type ListedType = (typeof listedTypes)[number];

/** What a coordinator edits: those, and the city itself. */
const editedTypes = [...listedTypes, 'settings'] as const;
export type EditedType = (typeof editedTypes)[number];
export type EditedDocument = Extract<CatalogueDocument, { type: EditedType }>;

export const isEditedType = (type: string): type is EditedType =>
  (editedTypes as readonly string[]).includes(type);

export const isEdited = (document: CatalogueDocument): document is EditedDocument =>
  isEditedType(document.type);

export const sectionText: Record<ListedType, { title: () => string; add: () => string }> = {
  service: { title: m.catalogue_services, add: m.catalogue_new_service },
  scheme: { title: m.catalogue_schemes, add: m.catalogue_new_scheme },
  venue: { title: m.catalogue_venues, add: m.catalogue_new_venue },
  offering: { title: m.catalogue_offerings, add: m.catalogue_new_offering },
};

/** Short notes beside an entry's name: what is wrong with it. */
export function chipsOf({ document, draft }: CatalogueEntry, today: LocalDate): string[] {
  const chips: string[] = [];
  if (document.type === 'service' && document.paused) chips.push(m.catalogue_paused());
  if (document.type === 'offering') {
    if (document.cancelled) chips.push(m.catalogue_cancelled());
    else if (document.until < today) chips.push(m.catalogue_past());
    else
      chips.push(
        document.from === document.until ? formatDay(document.from) : `${formatDay(document.from)} –`,
      );
  }
  switch (draft?.state) {
    case 'waiting':
      chips.push(m.catalogue_state_waiting());
      break;
    case 'conflict':
      chips.push(m.catalogue_state_conflict());
      break;
    case 'refused':
      chips.push(m.catalogue_state_refused({ reason: draft.reason ?? '' }));
      break;
    case undefined:
  }
  return chips;
}

/** Today in the office's time zone. */
export const officeToday = (): LocalDate =>
  localDate(Date.now(), Intl.DateTimeFormat().resolvedOptions().timeZone);

const bare = { v: 1, names: { fi: '', sv: '', en: '' } } as const;

/** A new document, before anything is typed. */
export function emptyDocument(type: EditedType, today: LocalDate): EditedDocument {
  switch (type) {
    case 'service':
      return {
        ...structuredClone(bare),
        _id: 'service:',
        type,
        sector: '',
        venues: [],
        rule: { kind: 'unlimited' },
        repeatMinutes: 120,
      };
    case 'scheme':
      return {
        ...structuredClone(bare),
        _id: 'scheme:',
        type,
        services: [],
        graceDays: 0,
        endedChoiceFrees: false,
        hintShown: false,
      };
    case 'venue':
      return {
        ...structuredClone(bare),
        _id: 'venue:',
        type,
        zone: 'Europe/Helsinki',
        exceptions: [],
        closedOnHolidays: false,
        stale: { afterDays: 7, then: 'ask' },
      };
    case 'offering':
      return {
        ...structuredClone(bare),
        _id: 'offering:',
        type,
        kind: 'course',
        service: '',
        venue: '',
        from: today,
        until: today,
        cancelled: false,
      };
    case 'settings':
      return { ...structuredClone(bare), _id: 'settings:city', type };
  }
}

/** A new document under an id made from its Finnish name; there is only one city, whose id is fixed. */
export const withNewId = (document: EditedDocument): EditedDocument =>
  document.type === 'settings'
    ? document
    : { ...document, _id: `${document.type}:${idFromName(document.names.fi)}` };

/** An identifier from a Finnish name: "Aamu-uinti ja sauna" → "aamu-uinti-ja-sauna". */
export function idFromName(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
}
