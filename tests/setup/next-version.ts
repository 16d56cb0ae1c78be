import { cp, mkdtemp, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const TEXT = /\.(html|js|json|css)$/;

/**
 * Copies build/app as a later version of the app would be: another version name, and every built file under a
 * new address. Cheaper than building twice.
 * @returns the copy's folder; the caller removes it
 */
export async function buildNextVersion(): Promise<{ folder: string; version: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tiski-next-'));
  // Compressed copies would keep the old version's text.
  await cp('build/app', folder, { recursive: true, filter: (file) => !/\.(br|gz)$/.test(file) });
  const current = (JSON.parse(await readFile('build/app/_app/version.json', 'utf8')) as { version: string })
    .version;
  const version = String(Number(current) + 60_000);

  await rename(path.join(folder, '_app/immutable'), path.join(folder, '_app/immutable-next'));
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isFile() || !TEXT.test(file)) continue;
    const text = await readFile(file, 'utf8');
    await writeFile(
      file,
      text.replaceAll('_app/immutable/', '_app/immutable-next/').replaceAll(current, version),
    );
  }
  return { folder, version };
}
