import type { Waiting } from '$lib/office/session/waiting';
import { m } from '$lib/paraglide/messages';
import { overviewOf } from './desk-overview';
import { listDeskStates } from './desk-states-api';
import { listDesks } from './desks-api';

export const waitingDesks: Waiting = {
  rights: ['administrator'],
  href: '/office/desks',
  text: (count) => m.home_desks({ count }),
  async count(ask) {
    const [listed, states] = await Promise.all([listDesks(ask), listDeskStates(ask)]);
    if (!listed.ok) return listed;
    if (!states.ok) return states;
    const needy = overviewOf(listed.value.desks, states.value).filter(
      ({ tone }) => tone === 'urgent' || tone === 'attention',
    );
    return { ok: true, value: needy.length };
  },
};
