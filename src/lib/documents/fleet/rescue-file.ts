import * as v from 'valibot';
import { count, identifier, instant } from '$lib/documents/fields';

/** S16: the `typ` of a rescue file, which is encrypted for the office as office-key.ts says. */
export const rescueFileType = 'tiski-rescue';

const newestVersion = 1;

/** The content: everything that a desk has logged and the server has not accepted. */
const rescueContent = v.pipe(
  v.object({
    type: v.literal(rescueFileType),
    v: v.literal(newestVersion),
    /** The account of the desk that the device is; its documents may be from former accounts. */
    desk: identifier,
    exportedAt: instant,
    count,
    entries: v.array(
      v.object({
        database: v.string(),
        state: v.picklist(['waiting', 'refused']),
        /** S4: the server's reason for refusing it. */
        refusal: v.optional(v.object({ status: v.number(), reason: v.string(), at: instant })),
        /** Exactly as the device would send it. */
        document: v.unknown(),
      }),
    ),
  }),
  v.check(({ count: told, entries }) => told === entries.length, 'count must be the number of entries'),
);
export type RescueContent = v.InferOutput<typeof rescueContent>;

export type RescueParsed =
  { ok: true; content: RescueContent } | { ok: false; reason: 'newer-version' | 'invalid' };

/** Parses a decrypted file. The documents themselves are not checked. */
export function parseRescueContent(raw: unknown): RescueParsed {
  const versioned = v.safeParse(v.object({ type: v.literal(rescueFileType), v: v.number() }), raw);
  if (versioned.success && versioned.output.v > newestVersion) return { ok: false, reason: 'newer-version' };
  const parsed = v.safeParse(rescueContent, raw);
  return parsed.success ? { ok: true, content: parsed.output } : { ok: false, reason: 'invalid' };
}
