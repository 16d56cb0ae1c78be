import type { Waiting } from '$lib/office/session/waiting';
import { m } from '$lib/paraglide/messages';
import { listOfficeReviews } from './reviews-api';

export const waitingReviews: Waiting = {
  rights: ['office'],
  href: '/office/review',
  text: (count) => m.home_reviews({ count }),
  async count(ask) {
    const outcome = await listOfficeReviews(ask);
    if (!outcome.ok) return outcome;
    return { ok: true, value: outcome.value.filter(({ state }) => state.kind === 'open').length };
  },
};
