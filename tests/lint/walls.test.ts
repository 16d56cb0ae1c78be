import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

/** Each line breaks one wall of docs/architecture.md on purpose. */
const broken: [wall: string, file: string, code: string, says: RegExp][] = [
  [
    'domain knows nothing but itself',
    'src/lib/domain/visit/a.ts',
    `import '$lib/store/database';`,
    /domain\//,
  ],
  ['the engine knows no office', 'src/lib/store/a.ts', `import '$lib/office/session/ask';`, /store\//],
  ['… nor by an import()', 'src/lib/sync/a.ts', `void import('$lib/office/session/ask');`, /sync\//],
  [
    'the store knows ports as types',
    'src/lib/store/a.ts',
    `import { syncLock } from '$lib/sync/ports';`,
    /types/,
  ],
  [
    'no area of the office another',
    'src/lib/office/cards/a.ts',
    `import '$lib/office/desks/a';`,
    /office\/cards/,
  ],
  ['Dexie is the store’s', 'src/lib/office/cards/a.ts', `import 'dexie';`, /another room/],
  [
    'submissions know nothing of the desk’s store',
    'src/lib/submissions/a.ts',
    `import '$lib/store/database';`,
    /submissions\//,
  ],
  ['between folders $lib is written', 'src/lib/ui/a.ts', `import '../store/device';`, /\$lib/],
  ['nothing loose', 'src/lib/a.ts', `export const a = 1;`, /loose/],
  ['no office at the counter', 'src/routes/desk/a.ts', `import '$lib/office/session/ask';`, /counter/],
  ['no person in the engine', 'src/lib/store/a.ts', `import '$lib/documents/people/a';`, /No name/],
  ['no person at the counter', 'src/routes/desk/a.ts', `import '$lib/documents/cases/a';`, /No name/],
  ['no office at the kiosk', 'src/routes/kiosk/A.svelte', script(`import '$lib/office/a/b';`), /counter/],
  ['no office for residents', 'src/routes/info/a.ts', `import '$lib/office/session/ask';`, /residents/],
  ['… nor below their pages', 'src/lib/info/a.ts', `import '$lib/office/session/ask';`, /info\//],
  [
    'a screen asks no server',
    'src/routes/office/cards/A.svelte',
    script(`void fetch('/api/desks');`),
    /room/,
  ],
  ['a screen opens no table', 'src/routes/sync/A.svelte', script(`void tiski.db.visits.count();`), /table/],
  ['… by no name', 'src/routes/kiosk/a.ts', `export const all = (db) => db.settings.toArray();`, /table/],
  ['a screen imports no Dexie', 'src/routes/desk/a.ts', `import Dexie from 'dexie';`, /src\/lib/],
  ['a screen is of one area', 'src/routes/office/desks/a.ts', `import '$lib/office/cards/a';`, /area desks/],
  ['the server is not the app', 'src/server/desks/a.ts', `import '$lib/store/device';`, /server/],
  ['no area of the server another', 'src/server/areas/cards/a.ts', `import '../desks/routes';`, /No area/],
  [
    'no circle',
    'src/lib/domain/time/day.ts',
    `import { decideVisit } from '$lib/domain/visit/decide-visit';\nexport const a = decideVisit;`,
    /cycle/i,
  ],
];

function script(code: string): string {
  return `<script lang="ts">\n  ${code}\n</script>\n`;
}

/** What no wall forbids: the lines above would prove nothing if all imports failed. */
const whole: [file: string, code: string][] = [
  ['src/lib/store/a.ts', `import type { Cursor } from '$lib/sync/ports';\nexport type A = Cursor;`],
  ['src/lib/office/cards/a.ts', `import '$lib/office/session/ask';`],
  ['src/lib/app/a.ts', `void import('$lib/token/verify-code');`],
  ['src/routes/office/review/a.ts', `import '$lib/office/reviews/reviews-api';`],
  ['src/server/areas/cards/a.ts', `import '../../couch/client';`],
];

describe('the walls of the house', () => {
  const eslint = new ESLint();
  const messagesOf = async (filePath: string, code: string) =>
    (await eslint.lintText(`${code}\n`, { filePath })).flatMap(({ messages }) => messages);

  it.each(broken)('%s: %s', async (_wall, file, code, says) => {
    const messages = await messagesOf(file, code);
    expect(messages.map(({ message }) => message).join('\n')).toMatch(says);
    expect(messages.some(({ severity }) => severity === 2)).toBe(true);
  });

  it.each(whole)('%s may', async (file, code) => {
    expect(await messagesOf(file, code)).toEqual([]);
  });
});
