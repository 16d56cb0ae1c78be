import { choicesAllowed } from '$lib/domain/catalogue/service';
import { groupDigits } from '$lib/domain/visit/card-number';
import { headCount } from '$lib/domain/visit/people';
import { m } from '$lib/paraglide/messages';
import type { VisitCheck } from '$lib/store/check-visit';
import { isChoice } from '$lib/store/choose-offering';
import { formatTime } from '$lib/ui/format';
import { heardText } from '$lib/ui/heard-text';
import { describeVerdict, type PanelTone } from '$lib/ui/verdict-text';
import {
  canOverride,
  isLoggable,
  type DeskSession,
  type DeskView,
  type LastScan,
} from './desk-session.svelte';

export interface PanelAction {
  text: string;
  run: () => void;
}

/** What the large panel says, and what can be done; the first action is the main one. */
export interface DeskPanel {
  tone: PanelTone;
  title: string;
  lines: string[];
  caption: string;
  actions: PanelAction[];
}

/** Names in the chosen language. */
export interface DeskNames {
  service: string;
  /** An offering's name by its id. */
  offering: (id: string) => string;
}

/** What this desk's staff may do, in addition to the session's verbs. */
export interface PanelWays {
  /** Absent if the office lets nobody override here. */
  onoverride?: () => void;
  onother: () => void;
  mayType: boolean;
}

type Verbs = Pick<DeskSession, 'log' | 'undo' | 'clear' | 'choose' | 'release' | 'lastScan'>;

/** The texts and actions of each view of the counter. */
export function panelOf(view: DeskView, session: Verbs, names: DeskNames, ways: PanelWays): DeskPanel {
  const clear = (text: string): PanelAction => ({ text, run: () => session.clear() });
  if (view.kind === 'ready') {
    return {
      tone: 'ready',
      title: m.desk_ready(),
      lines: [ways.mayType ? m.desk_ready_help() : m.desk_ready_help_no_typing()],
      caption: '',
      actions: [],
    };
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
  if (view.kind === 'release-failed') {
    const { choiceId, reason } = view;
    const retry = { text: m.retry(), run: () => void session.release(choiceId) };
    const isFull = reason === 'storage-full';
    const lines = [isFull ? m.desk_undo_storage_full() : m.desk_choice_undo_not_allowed()];
    const actions = [...(isFull ? [retry] : []), clear(m.desk_next())];
    return { tone: 'refuse', title: m.desk_undo_failed(), lines, caption: '', actions };
  }
  const { check } = view;
  const caption = captionOf(check);
  switch (view.kind) {
    case 'verdict':
      return panelOfVerdict(check, session, names, ways);
    case 'logged': {
      const { visitId } = view;
      const title = m.verdict_logged({ time: formatTime(view.at, check.venue.zone) });
      const undo = { text: m.desk_undo(), run: () => void session.undo(visitId) };
      const lines = [check.offering === undefined ? names.service : names.offering(check.offering)];
      return { tone: 'logged', title, lines, caption, actions: [clear(m.desk_next()), undo] };
    }
    case 'undone': {
      const lines = [m.desk_undone_detail()];
      return { tone: 'ready', title: m.desk_undone(), lines, caption, actions: [clear(m.desk_next())] };
    }
    case 'chosen': {
      const { choiceId, offering } = view;
      const undo = { text: m.desk_choice_undo(), run: () => void session.release(choiceId) };
      const actions = [clear(m.desk_next()), undo];
      return { tone: 'logged', title: m.desk_chosen(), lines: [names.offering(offering)], caption, actions };
    }
    case 'choice-undone': {
      const lines = [m.desk_choice_undone_detail()];
      return {
        tone: 'ready',
        title: m.desk_choice_undone(),
        lines,
        caption,
        actions: [clear(m.desk_next())],
      };
    }
    case 'storage-full': {
      const again = () => void (isChoice(check) ? session.choose(check) : session.log(check));
      const actions = [{ text: m.retry(), run: again }, clear(m.desk_clear())];
      return { tone: 'refuse', title: m.verdict_not_logged(), lines: [m.storage_full()], caption, actions };
    }
  }
}

/** A verdict, and what may be done about it. */
function panelOfVerdict(
  check: VisitCheck,
  session: Verbs,
  names: DeskNames,
  { onoverride, onother, mayType }: PanelWays,
): DeskPanel {
  const caption = captionOf(check);
  const text = describeVerdict(check.verdict, { ...contextOf(check, names), mayType });
  const clear = { text: m.desk_clear(), run: () => session.clear() };
  const other = { text: m.desk_choose_other(), run: onother };
  if (isLoggable(check)) {
    const label = check.verdict.outcome === 'ask' ? m.desk_log_anyway() : m.desk_log();
    const log = { text: label, run: () => void session.log(check) };
    const { freshChoice } = check;
    const undo =
      freshChoice === undefined
        ? []
        : [{ text: m.desk_choice_undo(), run: () => void session.release(freshChoice) }];
    return { ...text, caption, actions: [log, ...(canPickOther(check) ? [other] : []), ...undo, clear] };
  }
  if (isChoice(check)) {
    const choose = { text: m.desk_choose(), run: () => void session.choose(check) };
    return { ...text, caption, actions: [choose, other, clear] };
  }
  if (check.verdict.outcome === 'ask') return { ...text, caption, actions: [clear] };
  const next = { text: m.desk_next(), run: () => session.clear() };
  const override = onoverride && canOverride(check) ? [{ text: m.desk_override(), run: onoverride }] : [];
  const lines = [...text.lines, ...heardLines(check, session.lastScan)];
  return { ...text, lines, caption, actions: [next, ...override] };
}

/** What was read if it is not a card, so that a clerk can tell IT; a card's own code is not shown. */
function heardLines({ verdict, card }: VisitCheck, lastScan: LastScan | undefined): string[] {
  const isUnread =
    verdict.outcome === 'refuse' &&
    (verdict.reason === 'not-a-card' ||
      verdict.reason === 'not-genuine' ||
      verdict.reason === 'unknown-card');
  if (!isUnread || card || !lastScan) return [];
  return [heardText(lastScan.text), ...(lastScan.isAmbiguous ? [m.scanner_heard_ambiguous()] : [])];
}

/**
 * Another performance may be meant, or another of several courses; a card's only course is changed by undoing
 * it.
 */
function canPickOther({ rule, question }: VisitCheck): boolean {
  const choices = choicesAllowed(rule);
  return choices === undefined ? question.offering !== undefined : choices > 1;
}

/** R11: staff can say who comes in while the visit is given, or while fewer people might be admitted. */
export function canSayWho(check: VisitCheck): boolean {
  const { verdict, allowed, card, question } = check;
  if (card === undefined || headCount(allowed) <= 1) return false;
  const isTooMany = verdict.outcome === 'refuse' && verdict.reason === 'sold-out' && verdict.left > 0;
  return isLoggable(check) || question.people !== undefined || isTooMany;
}

/** The card's number, and the hint if the scheme wants identity checked. */
function captionOf({ card, hint }: VisitCheck): string {
  if (!card) return '';
  const number = m.desk_card({ number: groupDigits(card.number) });
  return hint === undefined ? number : `${number} · ${m.desk_hint({ hint })}`;
}

function contextOf(check: VisitCheck, names: DeskNames) {
  const { venue, clock, card, registerAsOf, rule, left } = check;
  return {
    zone: venue.zone,
    serviceName: names.service,
    offeringName: names.offering,
    now: clock.now,
    ...(card && { card }),
    ...(rule && { rule }),
    ...(left !== undefined && { left }),
    ...(registerAsOf !== undefined && { registerAsOf }),
  };
}
