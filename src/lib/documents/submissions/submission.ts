import * as v from 'valibot';
import { identifier, instant } from '$lib/documents/fields';
import { officePublicKey } from '$lib/documents/office-key';

/**
 * What a device submits (S20): something said there, perhaps without a network, that has to arrive once. This
 * is its form on the way; kinds.ts says what is in a body.
 */

/** The `typ` of what is sealed for the office; office-key.ts says how. */
export const sealedType = 'tiski-submission';

/** The longest body as JSON, bytes, and the longest sealed text: base64url, around a body and its envelope. */
export const longestBody = 16 * 1024;
export const longestSealed = 24 * 1024;

/** The most submissions in a request, and the most bytes that a device puts into one. */
export const mostInBatch = 50;
export const longestBatch = 256 * 1024;

/** The most ids in a question whether the server still has them (S22). */
export const mostAsked = 500;

export const submissionId = v.pipe(v.string(), v.regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, 'must be a ULID'));

/** Whose account made it, as the device says: nobody has proved it (S21). */
export const authorField = v.pipe(
  v.string(),
  v.minLength(1, 'must not be empty'),
  v.maxLength(200, 'must have 200 characters at most'),
);

const told = { id: submissionId, kind: identifier, at: instant };

/** A body that holds no person. */
const openSubmission = v.strictObject({ ...told, by: v.optional(authorField), body: v.unknown() });

/** A body that does: only the office's private key opens it, and its author is inside. */
const sealedSubmission = v.strictObject({
  ...told,
  sealed: v.pipe(
    v.string(),
    v.maxLength(longestSealed, `must have ${longestSealed} characters at most`),
    v.regex(/^[\w-]+(\.[\w-]*){4}$/, 'must be a JSON Web Encryption in compact form'),
  ),
});

/** One submission on its way. `at` is the device's own time: nobody corrects what is sealed. */
export type SentSubmission = v.InferOutput<typeof sealedSubmission> | v.InferOutput<typeof openSubmission>;
export type SealedSubmission = v.InferOutput<typeof sealedSubmission>;

export const parseSubmission = (raw: object): v.SafeParseResult<v.GenericSchema<unknown, SentSubmission>> =>
  v.safeParse('sealed' in raw ? sealedSubmission : openSubmission, raw);

/** The office's public key, as a device gets and keeps it. */
export const submissionKey = v.object({
  kid: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
  jwk: officePublicKey,
  madeAt: instant,
});
export type SubmissionKey = v.InferOutput<typeof submissionKey>;

/**
 * What is sealed. It repeats what is told outside, so that a sealed text can't be sent again under another id.
 */
export const sealedContent = v.strictObject({
  v: v.literal(1),
  ...told,
  by: v.optional(authorField),
  body: v.unknown(),
});
export type SealedContent = v.InferOutput<typeof sealedContent>;

/** What became of one submission. */
export const submissionAnswer = v.object({
  id: v.string(),
  /** `later`: nothing is wrong with it, but this server can't take it now. */
  outcome: v.picklist(['stored', 'refused', 'later']),
  /** Why, for programs; absent if it is stored. */
  code: v.optional(v.string()),
  /** An English sentence. */
  reason: v.optional(v.string()),
  /** The member of the body that is at fault. */
  field: v.optional(v.string()),
});
export type SubmissionAnswer = v.InferOutput<typeof submissionAnswer>;
