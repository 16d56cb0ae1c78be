import * as v from 'valibot';
import type { CounterRules } from '$lib/domain/fleet/counter-rules';

/** What the office says that a desk's staff may do: all of it, and nothing else. */
export const counterRulesField: v.GenericSchema<unknown, CounterRules> = v.strictObject({
  mayOverride: v.boolean(),
  mayType: v.boolean(),
  logsAtOnce: v.boolean(),
});
