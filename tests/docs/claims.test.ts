import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

/** A claim of a page about safety: a row of a table whose last cell names the tests that hold it. */
interface Claim {
  text: string;
  tests: { file: string; title: string }[];
}

const pages = ['docs/privacy.md', 'docs/threat-model.md'];

async function claimsOf(page: string): Promise<Claim[]> {
  const lines = (await readFile(page, 'utf8')).split('\n');
  const claims: Claim[] = [];
  let isClaims = false;
  for (const line of lines) {
    if (!line.startsWith('|')) isClaims = false;
    else if (/^\| claim\s+\| test\s+\|$/.test(line)) isClaims = true;
    else if (isClaims && !/^\| -+ \| -+ \|$/.test(line)) {
      const [, text = '', held = ''] = line.split(/ *(?<!\\)\| */);
      const tests = [...held.matchAll(/`([^`]+)`: “([^”]+)”/g)].map(([, file = '', title = '']) => ({
        file,
        title,
      }));
      claims.push({ text, tests });
    }
  }
  return claims;
}

describe.each(pages)('%s', async (page) => {
  const claims = await claimsOf(page);

  it('claims something', () => {
    expect(claims.length).toBeGreaterThan(10);
  });

  it.each(claims)('$text', async ({ tests }) => {
    expect(tests).not.toEqual([]);
    for (const { file, title } of tests) {
      const source = await readFile(file, 'utf8');
      // As it is written there: a quotation mark may be escaped.
      expect(source.replaceAll('\\', ''), `${file} has no test with this title`).toContain(title);
    }
  });
});
