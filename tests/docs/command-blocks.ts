import { readdir, readFile } from 'node:fs/promises';

export interface CommandBlock {
  /** The document, from the project's folder. */
  file: string;
  /** The block as written. */
  text: string;
  /** When somebody ran it, if it says so itself. */
  ranByHand: string | undefined;
}

/** Every block of commands in the README and the documentation. */
export async function commandBlocks(): Promise<CommandBlock[]> {
  const names = await readdir('docs', { recursive: true });
  const files = ['README.md', ...names.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];
  const blocks = await Promise.all(
    files.sort().map(async (file) => {
      const text = await readFile(file, 'utf8');
      return [...text.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, block = '']) => ({
        file,
        text: block.trimEnd(),
        ranByHand: /^# Run by hand on (\d{4}-\d{2}-\d{2})\b/.exec(block)?.[1],
      }));
    }),
  );
  return blocks.flat();
}
