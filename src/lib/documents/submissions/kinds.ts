import * as v from 'valibot';
import type { PersonRole } from '$lib/documents/roles';
import { referralBody } from './referral';

/** What a kind of submission is to devices and to the server alike. */
interface SubmissionKind {
  /** Whether its body is about a person: then it is sealed before it is stored anywhere on a device. */
  holdsPerson: boolean;
  /** The sender needs one of these rights; none: anybody may send it. */
  rights: readonly PersonRole[];
  body: v.GenericSchema;
}

/** The registry: a new kind is a line here, its schema, and what the server does with it. */
export const submissionKinds = {
  referral: { holdsPerson: true, rights: ['referrer', 'receive'], body: referralBody },
} as const satisfies Record<string, SubmissionKind>;

export type Kind = keyof typeof submissionKinds;
export const kinds = Object.keys(submissionKinds) as Kind[];
export type BodyOf<K extends Kind> = v.InferOutput<(typeof submissionKinds)[K]['body']>;

export const isKind = (name: string): name is Kind => Object.hasOwn(submissionKinds, name);

/** What is wrong with a body: the first member at fault, and a sentence about it. */
export interface Fault {
  field: string;
  message: string;
}

export type ParsedBody<K extends Kind> = { ok: true; body: BodyOf<K> } | { ok: false; faults: Fault[] };

/** The one border where bodies come in, from a form or from the wire. */
export function parseBody<K extends Kind>(kind: K, raw: unknown): ParsedBody<K> {
  const schema: v.GenericSchema<unknown, BodyOf<K>> = submissionKinds[kind].body;
  const parsed = v.safeParse(schema, raw);
  if (parsed.success) return { ok: true, body: parsed.output };
  const faults = parsed.issues.map((issue) => ({
    field: v.getDotPath(issue) ?? 'body',
    message: issue.message,
  }));
  return { ok: false, faults };
}
