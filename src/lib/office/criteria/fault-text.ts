import type { FaultAt, FieldFault } from '$lib/documents/criteria/criteria-fields';
import { m } from '$lib/paraglide/messages';

const general: Record<FieldFault, () => string> = {
  missing: m.criteria_fault_missing,
  'too-long': m.criteria_fault_too_long,
  'too-few': m.criteria_fault_too_few,
  'too-many': m.criteria_fault_too_many,
  'out-of-range': m.criteria_fault_wrong,
  'not-a-day': m.criteria_fault_day,
  'before-first-day': m.criteria_fault_order,
  'not-an-id': m.criteria_fault_wrong,
  'same-id': m.criteria_fault_same,
  'no-way-to-reach': m.criteria_fault_reach,
  'not-a-phone': m.criteria_fault_phone,
  'not-an-email': m.criteria_fault_email,
  wrong: m.criteria_fault_wrong,
};

/** What somebody does about a fault. */
export function faultText({ field, fault }: FaultAt): string {
  if (fault === 'too-few' && field === 'servicePaths') return m.criteria_fault_paths();
  if (fault === 'too-few' && field.endsWith('.organisations')) return m.criteria_fault_organisations();
  if (fault === 'too-few' && field.endsWith('.options')) return m.criteria_fault_options();
  if (field.startsWith('cap.most')) return m.criteria_fault_cap();
  if (field === 'validity' || field === 'validity.months') return m.criteria_fault_months();
  return general[fault]();
}

const names: Record<string, () => string> = {
  from: m.criteria_from,
  mode: m.criteria_mode,
  questions: m.criteria_question,
  options: m.criteria_option,
  proofs: m.criteria_proof,
  servicePaths: m.criteria_path,
  organisations: m.criteria_path_organisations,
  validity: m.criteria_validity,
  cap: m.criteria_cap,
  whoQualifies: m.criteria_who,
  whatElse: m.criteria_else,
  fi: m.criteria_in_fi,
  sv: m.criteria_in_sv,
  en: m.criteria_in_en,
};

/** A field as its path names it: "Question 2, Option 1, in Swedish". */
export const fieldName = (field: string): string =>
  field
    .split('.')
    .reduce<string[]>((parts, part) => {
      if (/^\d+$/.test(part)) parts.push(`${parts.pop() ?? ''} ${Number(part) + 1}`.trim());
      else if (names[part]) parts.push(names[part]());
      return parts;
    }, [])
    .join(', ');

/** What is wrong at a field, as one text; undefined if nothing is. */
export type FaultOf = (field: string) => string | undefined;

export const faultAt =
  (faults: readonly FaultAt[]): FaultOf =>
  (field) => {
    const found = faults.find((each) => each.field === field);
    return found && faultText(found);
  };
