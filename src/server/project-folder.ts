import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json: two above this file, and above `build/server`, into which it is bundled. */
export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

/** What `npm run build` makes of the app; the server serves it. */
export const appFolder = join(projectFolder, 'build/app');
