import type { ReferringOrganisation } from '$lib/documents/criteria/organisations-document';
import type { LocalizedText } from '$lib/documents/fields';
import { emptyText, newKey, withIds, type NamedDraft } from './criteria-draft';

/** An organisation as a form holds it: a part that is left empty is none. */
export interface OrganisationDraft extends NamedDraft {
  contact: { name: string; phone: string; email: string };
  reach: LocalizedText;
}

export const newOrganisation = (): OrganisationDraft => ({
  key: newKey(),
  id: '',
  names: emptyText(),
  contact: { name: '', phone: '', email: '' },
  reach: emptyText(),
});

export const draftsFrom = (list: readonly ReferringOrganisation[]): OrganisationDraft[] =>
  list.map(({ id, names, contact, reach }) => ({
    ...newOrganisation(),
    id,
    names: { ...names },
    contact: { name: contact?.name ?? '', phone: contact?.phone ?? '', email: contact?.email ?? '' },
    reach: { ...(reach ?? emptyText()) },
  }));

const isEmpty = (texts: object) => Object.values(texts).every((text: string) => text.trim() === '');

/** What would be saved: a new organisation's id is made of its Finnish name, as accounts make it. */
export const organisationsFrom = (drafts: readonly OrganisationDraft[]): ReferringOrganisation[] =>
  withIds(drafts, ({ names }) => names.fi, 'organisaatio').map(({ id, names, contact, reach }) => ({
    id,
    names,
    ...(!isEmpty(contact) && {
      contact: {
        name: contact.name,
        ...(contact.phone.trim() !== '' && { phone: contact.phone }),
        ...(contact.email.trim() !== '' && { email: contact.email }),
      },
    }),
    ...(!isEmpty(reach) && { reach }),
  }));
