import type { Card } from '$lib/domain/card';
import type { Instant } from '$lib/domain/day';
import type { Mark, Refusal, Verdict } from '$lib/domain/verdict';
import { m } from '$lib/paraglide/messages';
import { formatDay, formatTime, formatWhen } from './format';

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

/** What the words need beside the verdict. */
export interface VerdictContext {
  zone: string;
  serviceName: string;
  now: Instant;
  card?: Card;
  registerAsOf?: Instant;
}

/** R16: whether this service is given now and what to do next; never why somebody holds a card. */
export function describeVerdict(verdict: Verdict, context: VerdictContext): VerdictText {
  const { zone, now, serviceName } = context;
  switch (verdict.outcome) {
    case 'admit': {
      const notes = verdict.marks.map((mark) => describeMark(mark, context));
      return { tone: 'admit', title: m.verdict_admit(), lines: [serviceName, ...notes] };
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
      return { tone: 'ask', title: m.verdict_ask(), lines: [describeQuestion(verdict, zone, now)] };
    case 'refuse':
      return { tone: 'refuse', title: m.verdict_refuse(), lines: [describeRefusal(verdict)] };
  }
}

function describeMark(mark: Mark, { card, registerAsOf, now, zone }: VerdictContext): string {
  switch (mark) {
    case 'in-grace':
      return m.verdict_mark_in_grace({ date: card ? formatDay(card.validUntil) : '' });
    case 'stale-register':
      return registerAsOf === undefined
        ? m.verdict_stale_ask_never()
        : m.verdict_mark_stale({ when: formatWhen(registerAsOf, now, zone) });
  }
}

function describeQuestion(verdict: Verdict & { outcome: 'ask' }, zone: string, now: Instant): string {
  switch (verdict.reason) {
    case 'clock-wrong':
      return m.verdict_clock_wrong();
    case 'stale-register':
      return verdict.asOf === undefined
        ? m.verdict_stale_ask_never()
        : m.verdict_stale_ask({ when: formatWhen(verdict.asOf, now, zone) });
  }
}

function describeRefusal(refusal: Refusal): string {
  switch (refusal.reason) {
    case 'not-a-card':
      return m.verdict_not_a_card();
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
    case 'paused':
      return m.verdict_paused();
    case 'closed':
      return m.verdict_closed();
    case 'outside-hours':
      return refusal.opens === undefined
        ? m.verdict_hours_over()
        : m.verdict_opens({ time: formatTime(timeOfDay(refusal.opens), 'UTC') });
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

const timeOfDay = (time: string) => Date.parse(`1970-01-01T${time}:00Z`);
