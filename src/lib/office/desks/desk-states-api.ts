import * as v from 'valibot';
import { deskReport } from '$lib/documents/fleet/desk-report';
import type { Ask } from '$lib/office/session/ask';

const range = v.object({ from: v.number(), to: v.number() });

/** What is wrong with the numbering of one account's visits. */
const faults = v.object({
  account: v.string(),
  isFormer: v.boolean(),
  lost: v.array(range),
  usedTwice: v.array(v.number()),
  broken: v.array(v.number()),
  conflicting: v.number(),
});

const deskState = v.object({
  id: v.string(),
  lastHeard: v.optional(v.string()),
  report: v.optional(deskReport),
  faults: v.array(faults),
});
export type DeskState = v.InferOutput<typeof deskState>;

const deskStates = v.object({
  /** The server's time, ISO. */
  now: v.string(),
  /** Name of the build that the server delivers. */
  version: v.optional(v.string()),
  states: v.array(deskState),
  /** Documents with two versions, from accounts that belong to no desk. */
  otherConflicts: v.number(),
  /** Their visits have nowhere to go: no database can be created under such a name. */
  sectorsWithoutDatabase: v.array(v.string()),
  /** There are visits that the server has not checked yet. */
  isCounting: v.boolean(),
});
export type DeskStates = v.InferOutput<typeof deskStates>;

/** S15: how the desks are, for an administrator. */
export const listDeskStates = (ask: Ask) => ask('GET', '/api/desks/states', deskStates);
