import { groupDigits } from '$lib/domain/visit/card-number';
import { m } from '$lib/paraglide/messages';

/** A document of a sector's log, as far as a person needs it. */
export interface Logged {
  type: 'visit' | 'void' | 'choice' | 'release' | 'resolution';
  /** Its card's number; a resolution has none. */
  card?: string | undefined;
}

/** What was logged, in one line. */
export function describeLogged({ type, card: number = '' }: Logged, when: string): string {
  const card = groupDigits(number);
  switch (type) {
    case 'visit':
      return m.sync_visit_line({ when, card });
    case 'void':
      return m.sync_void_line({ when, card });
    case 'choice':
      return m.sync_choice_line({ when, card });
    case 'release':
      return m.sync_release_line({ when, card });
    case 'resolution':
      return m.sync_resolution_line({ when });
  }
}
