import {
  choicesAllowed,
  isListedRule,
  portionsPerDay,
  type ServiceRule,
} from '$lib/domain/catalogue/service';
import type { Instant } from '$lib/domain/time/day';
import type { Card } from '$lib/domain/visit/card';
import type { Mark, Refusal, Verdict } from '$lib/domain/visit/verdict';
import { m } from '$lib/paraglide/messages';
import { formatCount, formatDay, formatTime, formatTimeOfDay, formatWhen } from './format';

/** How a verdict looks and sounds: four kinds, each with its own icon, colour and sound. */
export type Tone = 'admit' | 'ask' | 'refuse' | 'done';
/** A panel may also be at rest, or say calmly that a visit is stored. */
export type PanelTone = Tone | 'ready' | 'logged';

export interface VerdictText {
  tone: Tone;
  title: string;
  /** What to do next, one line each. */
  lines: string[];
}

/** What the texts need in addition to the verdict. */
export interface VerdictContext {
  zone: string;
  serviceName: string;
  now: Instant;
  card?: Card;
  registerAsOf?: Instant;
  /** How the card uses the service: this decides what the choice is called. */
  rule?: ServiceRule;
  /** The offering's name in the chosen language, by id. */
  offeringName?: (id: string) => string;
  /** Seats or portions left. */
  left?: number;
  /** Whether staff may type numbers at this desk; nobody is told to do what they may not. */
  mayType: boolean;
}

/** R16: whether this service is given now and what to do next; never why somebody holds a card. */
export function describeVerdict(verdict: Verdict, context: VerdictContext): VerdictText {
  const { zone, serviceName } = context;
  switch (verdict.outcome) {
    case 'admit': {
      const notes = verdict.marks.map((mark) => describeMark(mark, context));
      const subject = verdict.offering === undefined ? serviceName : nameOf(verdict.offering, context);
      return { tone: 'admit', title: m.verdict_admit(), lines: [subject, ...leftOf(context), ...notes] };
    }
    case 'already-logged': {
      const time = formatTime(verdict.at, zone);
      return {
        tone: 'done',
        title: m.verdict_already_logged({ time }),
        lines: [m.verdict_already_logged_detail()],
      };
    }
    case 'ask':
      return { tone: 'ask', ...describeQuestion(verdict, context) };
    case 'refuse':
      return { tone: 'refuse', title: m.verdict_refuse(), lines: [describeRefusal(verdict, context)] };
  }
}

const nameOf = (offering: string, { offeringName }: VerdictContext): string =>
  offeringName?.(offering) ?? offering;

function leftOf({ left, rule }: VerdictContext): string[] {
  if (left === undefined) return [];
  const count = formatCount(left);
  if (portionsPerDay(rule) !== undefined) return [m.verdict_portions_left({ left: count })];
  return isListedRule(rule) ? [m.verdict_left({ left: count })] : [];
}

function describeMark(mark: Mark, { card, registerAsOf, now, zone }: VerdictContext): string {
  switch (mark) {
    case 'in-grace':
      return m.verdict_mark_in_grace({ date: card ? formatDay(card.validUntil) : '' });
    case 'stale-register':
      return registerAsOf === undefined
        ? m.verdict_stale_ask_never()
        : m.verdict_mark_stale({ when: formatWhen(registerAsOf, now, zone) });
    case 'by-signature':
      return m.verdict_mark_by_signature();
  }
}

function describeQuestion(
  verdict: Verdict & { outcome: 'ask' },
  context: VerdictContext,
): { title: string; lines: string[] } {
  const { zone, now } = context;
  const choices = choicesAllowed(context.rule);
  const judge = (line: string) => ({ title: m.verdict_ask(), lines: [line] });
  switch (verdict.reason) {
    case 'clock-wrong':
      return judge(m.verdict_clock_wrong());
    case 'unreadable-card':
      return judge(m.verdict_unreadable_card());
    case 'stale-register':
      return judge(
        verdict.asOf === undefined
          ? m.verdict_stale_ask_never()
          : m.verdict_stale_ask({ when: formatWhen(verdict.asOf, now, zone) }),
      );
    case 'choose-offering':
      return choices !== undefined
        ? {
            title: m.verdict_choose_course(),
            lines: [
              choices === 1
                ? m.verdict_choose_course_detail()
                : m.verdict_choose_of_courses({ n: formatCount(choices) }),
            ],
          }
        : { title: m.verdict_choose_performance(), lines: [m.verdict_choose_performance_detail()] };
    case 'confirm-choice': {
      const name = nameOf(verdict.offering, context);
      return { title: m.verdict_confirm_choice(), lines: [m.verdict_confirm_choice_detail({ name })] };
    }
  }
}

function describeRefusal(refusal: Refusal, context: VerdictContext): string {
  switch (refusal.reason) {
    case 'not-a-card':
      return context.mayType ? m.verdict_not_a_card() : m.verdict_not_a_card_no_typing();
    case 'unknown-card':
      return m.verdict_unknown_card();
    case 'suspended':
      return refusal.until === undefined
        ? m.verdict_suspended()
        : m.verdict_suspended_until({ date: formatDay(refusal.until) });
    case 'lost':
      return m.verdict_lost();
    case 'replaced':
      return m.verdict_replaced();
    case 'ended':
      return m.verdict_ended();
    case 'not-yet-valid':
      return m.verdict_not_yet_valid({ date: formatDay(refusal.from) });
    case 'expired':
      return m.verdict_expired({ date: formatDay(refusal.on) });
    case 'not-genuine':
      return context.mayType ? m.verdict_not_genuine() : m.verdict_not_genuine_no_typing();
    case 'paused':
      return refusal.until === undefined
        ? m.verdict_paused()
        : m.verdict_paused_until({ date: formatDay(refusal.until) });
    case 'other-chosen':
      return m.verdict_other_chosen({ name: nameOf(refusal.offering, context) });
    case 'choice-ended':
      return m.verdict_choice_ended({ name: nameOf(refusal.offering, context) });
    case 'not-listed':
      return m.verdict_not_listed();
    case 'sold-out':
      return refusal.left === 0
        ? m.verdict_sold_out()
        : m.verdict_sold_out_left({ left: formatCount(refusal.left) });
    case 'too-many-people':
      return m.verdict_too_many_people();
    case 'closed':
      return m.verdict_closed();
    case 'outside-hours':
      return refusal.opens === undefined
        ? m.verdict_hours_over()
        : m.verdict_opens({ time: formatTimeOfDay(refusal.opens) });
    case 'not-included':
      return m.verdict_not_included();
    case 'limit-reached':
      return refusal.frees === undefined
        ? m.verdict_limit_reached()
        : m.verdict_limit_frees({ date: formatDay(refusal.frees) });
    case 'stale-register':
      return m.verdict_stale_refuse();
  }
}
