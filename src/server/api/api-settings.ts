import type { AuditIndex } from '../audit/audit-index';
import type { LogAction } from '../audit/audit-log';
import type { Backend } from '../backend';
import type { DeskWatch } from '../desks/desk-watch';
import type { KeyStore } from '../keys/key-store';
import type { Readiness } from '../monitoring/readiness';
import type { PeopleIndex } from '../people/people-index';
import type { OnFault } from '../server-log';

/** What the routes below /api/ are built on; each area picks what it needs. */
export interface ApiSettings {
  backend: Backend;
  version: string;
  keys: KeyStore;
  watch: DeskWatch;
  /** Logs who looks at whom and does what, before it is answered or done. */
  audit: LogAction;
  /** What was logged, to be searched. */
  auditIndex: AuditIndex;
  people: PeopleIndex;
  readiness: Readiness;
  /** Whether it was a demo at the start: then `keys` are a demo's. */
  isDemo: boolean;
  /** Folder of the built app; absent if Vite serves it. */
  build?: string;
  /** The clock. */
  now: () => Date;
  onFault: OnFault;
}
