import * as v from 'valibot';
import { identifier } from '$lib/documents/fields';

/** Fields of what coordinators write, for a form that names each fault at its field. */

/** What can be wrong with a field. */
export const fieldFaults = [
  'missing',
  'too-long',
  'too-few',
  'too-many',
  'out-of-range',
  'not-a-day',
  'before-first-day',
  'not-an-id',
  'same-id',
  'no-way-to-reach',
  'not-a-phone',
  'not-an-email',
] as const;
export type FieldFault = (typeof fieldFaults)[number] | 'wrong';

/** Text of 1 to `longest` characters. */
export const requiredText = (longest: number) =>
  v.pipe(v.string(), v.trim(), v.minLength(1, 'missing'), v.maxLength(longest, 'too-long'));

/** The same in every language of the product. */
export const textInAll = (longest: number) => {
  const text = requiredText(longest);
  return v.object({ fi: text, sv: text, en: text });
};

export const boundedList = <const TItem extends v.GenericSchema>(item: TItem, least: number, most: number) =>
  v.pipe(v.array(item), v.minLength(least, 'too-few'), v.maxLength(most, 'too-many'));

/** An identifier, as a form's fault. */
export const fittingId = v.pipe(
  v.string(),
  v.check((text) => v.is(identifier, text), 'not-an-id'),
);

const isNamedOnce = (list: readonly { id: string }[]) =>
  new Set(list.map(({ id }) => id)).size === list.length;
/** A list in which no id is there twice. */
export const listOfNamed = <const TItem extends v.GenericSchema<unknown, { id: string }>>(
  item: TItem,
  least: number,
  most: number,
) =>
  v.pipe(
    boundedList(item, least, most),
    v.check((list) => isNamedOnce(list as readonly { id: string }[]), 'same-id'),
  );

export const wholeNumber = (least: number, most: number) =>
  v.pipe(
    v.number('out-of-range'),
    v.integer('out-of-range'),
    v.minValue(least, 'out-of-range'),
    v.maxValue(most, 'out-of-range'),
  );

/** A fault and the path of its field: `questions.0.text.fi`. */
export interface FaultAt {
  field: string;
  fault: FieldFault;
}

/** What is wrong with an input, in the order of its fields; nothing if it fits. */
export function faultsOf(schema: v.GenericSchema, input: unknown): FaultAt[] {
  const result = v.safeParse(schema, input);
  if (result.success) return [];
  return result.issues.map((issue) => ({
    field: v.getDotPath(issue) ?? '',
    fault: fieldFaults.find((fault) => fault === issue.message) ?? 'wrong',
  }));
}
