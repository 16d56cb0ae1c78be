import type { AppSettings } from '../../src/server/app';
import { AuditIndex } from '../../src/server/audit/audit-index';
import { AuditLog } from '../../src/server/audit/audit-log';
import type { CouchClient } from '../../src/server/couch/client';
import { DeskWatch } from '../../src/server/desks/desk-watch';
import { deskFigures } from '../../src/server/monitoring/desk-figures';
import { Metrics } from '../../src/server/monitoring/metrics';
import { Readiness } from '../../src/server/monitoring/readiness';
import { PeopleIndex } from '../../src/server/people/people-index';

/** Everything that a test's app needs besides its store, which is already in shape. */
export function watchedApp(
  client: CouchClient,
  onFault: (error: unknown) => void,
): Omit<AppSettings, 'backend'> {
  const watch = new DeskWatch(client, onFault);
  const readiness = new Readiness(client);
  readiness.provisioned();
  const desks = async () => deskFigures(await watch.reports(), Date.now());
  return {
    keys: { folder: '', client },
    version: 'test',
    isDemo: false,
    now: () => new Date(),
    trustProxy: 'loopback',
    watch,
    audit: new AuditLog(client, () => new Date()).log,
    auditIndex: new AuditIndex(client),
    people: new PeopleIndex(client),
    readiness,
    metrics: new Metrics({ desks, register: () => undefined }),
    onFault,
  };
}
