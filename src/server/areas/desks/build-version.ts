import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject } from '../../couch/json';

/** SvelteKit's name of the build that this server delivers; read every time, since it may be replaced. */
export async function buildVersion(build: string): Promise<string | undefined> {
  try {
    const told: unknown = JSON.parse(await readFile(join(build, '_app', 'version.json'), 'utf8'));
    return isJsonObject(told) && typeof told['version'] === 'string' ? told['version'] : undefined;
  } catch {
    return undefined;
  }
}
