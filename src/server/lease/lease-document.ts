import * as v from 'valibot';
import { desksDatabase } from '$lib/documents/databases';
import { documentPath } from '../couch/client';

/** Work that one of several servers does: packing the register (S18), and following the visits (S15). */
export type LeasedWork = 'packer' | 'watch';

/** `lease:WORK` in tiski-desks: who does it. */
export const leaseDocument = v.object({
  _rev: v.string(),
  type: v.literal('lease'),
  v: v.literal(1),
  /** Identifies one process; empty if the lease was given back. */
  holder: v.string(),
  /** For people: servers' clocks differ, so no program goes by it. */
  until: v.string(),
});
export type LeaseDocument = v.InferOutput<typeof leaseDocument>;

export const leaseId = (work: string) => `lease:${work}`;
export const leasePath = (work: LeasedWork) => documentPath(desksDatabase, leaseId(work));
