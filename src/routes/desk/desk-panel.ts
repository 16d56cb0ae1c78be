import { groupDigits } from '$lib/domain/card-number';
import { m } from '$lib/paraglide/messages';
import type { VisitCheck } from '$lib/store/check-visit';
import { formatTime } from '$lib/ui/format';
import { describeVerdict, type PanelTone } from '$lib/ui/verdict-text';
import { canOverride, isLoggable, type DeskSession, type DeskView } from './desk-session.svelte';

export interface PanelAction {
  text: string;
  run: () => void;
}

/** What the large panel says, and what can be done; the first action is the clear one. */
export interface DeskPanel {
  tone: PanelTone;
  title: string;
  lines: string[];
  caption: string;
  actions: PanelAction[];
}

/** The words and actions of each view of the counter. */
export function panelOf(
  view: DeskView,
  session: Pick<DeskSession, 'log' | 'undo' | 'clear'>,
  serviceName: string,
  onoverride: () => void,
): DeskPanel {
  const clear = (text: string): PanelAction => ({ text, run: () => session.clear() });
  const log = (check: VisitCheck, text: string): PanelAction => ({
    text,
    run: () => void session.log(check),
  });
  if (view.kind === 'ready') {
    return { tone: 'ready', title: m.desk_ready(), lines: [m.desk_ready_help()], caption: '', actions: [] };
  }
  if (view.kind === 'fault') {
    const reload = { text: m.reload(), run: () => location.reload() };
    return {
      tone: 'refuse',
      title: m.error_broken_title(),
      lines: [m.desk_fault()],
      caption: '',
      actions: [reload],
    };
  }
  if (view.kind === 'undo-failed') {
    const { visitId, reason } = view;
    const retry = { text: m.retry(), run: () => void session.undo(visitId) };
    return {
      tone: 'refuse',
      title: m.desk_undo_failed(),
      lines: [reason === 'storage-full' ? m.desk_undo_storage_full() : m.desk_undo_not_allowed()],
      caption: '',
      actions: [...(reason === 'storage-full' ? [retry] : []), clear(m.desk_next())],
    };
  }
  const { check } = view;
  const caption = captionOf(check);
  switch (view.kind) {
    case 'verdict': {
      const text = describeVerdict(check.verdict, contextOf(check, serviceName));
      if (isLoggable(check)) {
        const label = check.verdict.outcome === 'ask' ? m.desk_log_anyway() : m.desk_log();
        return { ...text, caption, actions: [log(check, label), clear(m.desk_clear())] };
      }
      const override = { text: m.desk_override(), run: onoverride };
      return { ...text, caption, actions: [clear(m.desk_next()), ...(canOverride(check) ? [override] : [])] };
    }
    case 'logged': {
      const { visitId } = view;
      const title = m.verdict_logged({ time: formatTime(view.at, check.venue.zone) });
      const undo = { text: m.desk_undo(), run: () => void session.undo(visitId) };
      return { tone: 'logged', title, lines: [serviceName], caption, actions: [clear(m.desk_next()), undo] };
    }
    case 'undone': {
      const lines = [m.desk_undone_detail()];
      return { tone: 'ready', title: m.desk_undone(), lines, caption, actions: [clear(m.desk_next())] };
    }
    case 'storage-full': {
      const actions = [log(check, m.retry()), clear(m.desk_clear())];
      return { tone: 'refuse', title: m.verdict_not_logged(), lines: [m.storage_full()], caption, actions };
    }
  }
}

/** The card's number, and the hint where the scheme wants identity checked. */
function captionOf({ card, hint }: VisitCheck): string {
  if (!card) return '';
  const number = m.desk_card({ number: groupDigits(card.number) });
  return hint === undefined ? number : `${number} · ${m.desk_hint({ hint })}`;
}

function contextOf({ venue, clock, card, registerAsOf }: VisitCheck, serviceName: string) {
  return {
    zone: venue.zone,
    serviceName,
    now: clock.now,
    ...(card && { card }),
    ...(registerAsOf !== undefined && { registerAsOf }),
  };
}
