import * as v from 'valibot';
import { boundedText, localDate } from '$lib/documents/fields';
import { caseId, personId } from '$lib/documents/people/person-document';
import { addDays, startOfDay } from '$lib/domain/time/day';
import { ApiFailure } from '../../api-failure';
import type { AuditFilter } from '../../audit/audit-columns';

/** The law that asks for the log, and whoever reads it, go by the days of this country. */
const zone = 'Europe/Helsinki';

const whole = v.pipe(v.string(), v.regex(/^\d{1,14}$/, 'must be a number'), v.transform(Number));

export const filterFields = {
  person: v.optional(personId),
  case: v.optional(caseId),
  account: v.optional(boundedText(200)),
  action: v.optional(v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{1,49}$/, 'must be an action’s name'))),
  /** Days; both are within. */
  from: v.optional(localDate),
  until: v.optional(localDate),
};
export const auditQuery = v.object({ ...filterFields, before: v.optional(whole) });
export const exportBody = v.object(filterFields);
type AskedFilter = v.InferOutput<typeof exportBody>;

/** @throws {ApiFailure} 400 that names the member */
export function parsedOr400<T>(schema: v.GenericSchema<unknown, T>, given: unknown): T {
  const parsed = v.safeParse(schema, given);
  if (parsed.success) return parsed.output;
  const field = v.getDotPath(parsed.issues[0]) ?? 'filter';
  throw new ApiFailure(400, 'bad-request', `${field}: ${parsed.issues[0].message}`, field);
}

export const filterOf = ({ from, until, ...rest }: AskedFilter): AuditFilter => ({
  ...rest,
  from: from === undefined ? undefined : startOfDay(from, zone),
  until: until === undefined ? undefined : startOfDay(addDays(until, 1), zone),
});

/** What somebody looked for, as it is logged. */
export const filterText = ({ person: _p, case: _c, ...rest }: AskedFilter): string =>
  Object.entries(rest)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]))
    .join(', ')
    .slice(0, 200);
