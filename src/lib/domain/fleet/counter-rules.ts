/**
 * What the office lets the staff of one desk do. It is a rule for people, not a right of the desk's account:
 * the counter's screens obey it, and no server refuses a visit because of it.
 */
export interface CounterRules {
  /** R15: staff may admit somebody despite a refusal. */
  mayOverride: boolean;
  /** Staff may enter a card's number by hand. */
  mayType: boolean;
  /** For queues: an admitted card with nothing to choose is logged as soon as it is scanned. */
  logsAtOnce: boolean;
}

export const defaultCounterRules: CounterRules = { mayOverride: true, mayType: true, logsAtOnce: false };

/** The rules in what was received or stored; what can't be read there stays as in `known`. */
export function counterRulesFrom(told: unknown, known: CounterRules = defaultCounterRules): CounterRules {
  const fields: { readonly [Rule in keyof CounterRules]?: unknown } =
    typeof told === 'object' && told !== null ? told : {};
  const rule = (name: keyof CounterRules) => {
    const value = fields[name];
    return typeof value === 'boolean' ? value : known[name];
  };
  return { mayOverride: rule('mayOverride'), mayType: rule('mayType'), logsAtOnce: rule('logsAtOnce') };
}
