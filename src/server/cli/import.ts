import type { CouchClient } from '../couch/client';
import { checkFile } from './import-check';
import { ImportPlan, NoRoomForPlan } from './import-plan';
import { schemeIds } from './import-register';
import type { ImportResult, LineOutput } from './import-report';
import { writePlan } from './import-write';

/**
 * Imports the cards of a CSV file into the register: all of them, or none if anything in the file is wrong.
 * The same file again changes nothing, so an import that was cut off while writing is simply repeated.
 * The whole file is checked first, by itself and against the register, a batch at a time, so it may be of any
 * length; what has to be written is kept in a temporary file meanwhile, and written as it was checked.
 * Progress for people goes to `out`.
 */
export async function importCards(
  client: CouchClient,
  filePath: string,
  out: LineOutput,
): Promise<ImportResult> {
  let plan: ImportPlan | undefined;
  try {
    plan = await ImportPlan.open();
    const faults = await checkFile(client, filePath, await schemeIds(client), out, plan);
    return faults.length > 0 ? { ok: false, faults } : await writePlan(client, plan, out);
  } catch (error) {
    if (error instanceof NoRoomForPlan) return { ok: false, faults: [{ reason: error.message }] };
    throw error;
  } finally {
    await plan?.close();
  }
}
