import type { Waiting } from '$lib/office/session/waiting';
import { m } from '$lib/paraglide/messages';
import { listCases, type CaseView } from './cases-api';

const casesIn = (view: CaseView, text: (count: string) => string): Waiting => ({
  rights: ['receive', 'decide'],
  href: '/office/cases',
  text,
  async count(ask) {
    const outcome = await listCases(ask, view, 0);
    return outcome.ok ? { ok: true, value: outcome.value.counts[view] } : outcome;
  },
});

export const casesOfMine = casesIn('mine', (count) => m.home_my_cases({ count }));
export const unassignedCases = casesIn('unassigned', (count) => m.home_unassigned({ count }));
