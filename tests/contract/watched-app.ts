import type { AppSettings } from '../../src/server/app';
import type { CouchClient } from '../../src/server/couch/client';
import { DeskWatch } from '../../src/server/desks/desk-watch';
import { deskFigures } from '../../src/server/monitoring/desk-figures';
import { Metrics } from '../../src/server/monitoring/metrics';
import { Readiness } from '../../src/server/monitoring/readiness';

/** What an app needs to be looked after, over a store that is in shape. */
export function watchedApp(
  client: CouchClient,
  onFault: (error: unknown) => void,
): Pick<AppSettings, 'watch' | 'readiness' | 'metrics' | 'onFault'> {
  const watch = new DeskWatch(client, onFault);
  const readiness = new Readiness(client);
  readiness.provisioned();
  const desks = async () => deskFigures(await watch.reports(), Date.now());
  return { watch, readiness, metrics: new Metrics({ desks, register: () => undefined }), onFault };
}
