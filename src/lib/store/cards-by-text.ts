import { readCode } from '$lib/domain/code/scan-code';
import type { TiskiDatabase } from './database';
import { findCard } from './register';

/** The numbers of the cards that carry some texts as codes, as far as the register knows. */
export async function cardsByText(db: TiskiDatabase, texts: readonly string[]): Promise<Map<string, string>> {
  const found = await Promise.all(
    texts.map(async (text) => [text, (await findCard(db, readCode(text)))?.number] as const),
  );
  return new Map(found.flatMap(([text, number]) => (number === undefined ? [] : [[text, number] as const])));
}
