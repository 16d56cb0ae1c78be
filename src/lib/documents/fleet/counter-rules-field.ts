import * as v from 'valibot';
import type { CounterRules } from '$lib/domain/fleet/counter-rules';

/** What the office allows a desk's staff: the whole set, and nothing else. */
export const counterRulesField: v.GenericSchema<unknown, CounterRules> = v.strictObject({
  mayOverride: v.boolean(),
  mayType: v.boolean(),
  logsAtOnce: v.boolean(),
});
