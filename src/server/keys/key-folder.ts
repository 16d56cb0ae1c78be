import { join, resolve } from 'node:path';
import type { StoreSettings } from '../open-backend';

/**
 * Where the private keys are: beside the embedded store, and with a CouchDB in the same folder. A demo has
 * its own: it signs cards for anybody, and the folder may be a city's, too.
 */
export function keyFolder({ folder, keys }: Pick<StoreSettings, 'folder' | 'keys'>, isDemo: boolean): string {
  if (isDemo) return join(resolve(folder), 'demo-keys');
  return keys === undefined ? join(resolve(folder), 'keys') : resolve(keys);
}
