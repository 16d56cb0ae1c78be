import * as v from 'valibot';
import { count, isCalendarDay, listOf } from '$lib/documents/fields';
import { limitPeriods, type Limit, type ServiceRule } from '$lib/domain/catalogue/service';

const atLeastOne = v.pipe(count, v.minValue(1));
/** Whether 'MM-DD' exists in at least some years. */
export const isMonthDay = (text: string) => isCalendarDay(`2028-${text}`);
const monthDay = v.pipe(v.string(), v.check(isMonthDay, 'must be a day that exists, like 08-01'));

const limitEntries = {
  n: atLeastOne,
  per: v.picklist(limitPeriods),
  seasonStarts: v.optional(v.pipe(listOf(monthDay, 24), v.minLength(1))),
  over: v.optional(v.picklist(['service', 'sector'])),
};
const limit = v.object(limitEntries);
export type LimitField = v.InferOutput<typeof limit>;

/** How a card may use a service, as documents carry it. */
export const ruleField = v.variant('kind', [
  v.object({ kind: v.literal('unlimited') }),
  v.object({ kind: v.literal('limit'), ...limitEntries }),
  v.object({ kind: v.literal('choice'), n: atLeastOne }),
  v.object({ kind: v.literal('listed'), limit: v.optional(limit) }),
  v.object({ kind: v.literal('portions'), perDay: count, limit: v.optional(limit) }),
]);
export type RuleField = v.InferOutput<typeof ruleField>;

function limitFromField({ n, per, seasonStarts, over }: LimitField): Limit {
  return { n, per, ...(seasonStarts && { seasonStarts }), ...(over && { over }) };
}

export function ruleFromField(field: RuleField): ServiceRule {
  switch (field.kind) {
    case 'unlimited':
      return { kind: 'unlimited' };
    case 'limit':
      return { kind: 'limit', ...limitFromField(field) };
    case 'choice':
      return { kind: 'choice', n: field.n };
    case 'listed':
      return { kind: 'listed', ...(field.limit && { limit: limitFromField(field.limit) }) };
    case 'portions': {
      const { perDay, limit: limited } = field;
      return { kind: 'portions', perDay, ...(limited && { limit: limitFromField(limited) }) };
    }
  }
}
