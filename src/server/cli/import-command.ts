import { importCards } from './import';
import { importPlace, openRegister, type ImportOptions } from './import-place';
import { importSummary, type ImportResult, type LineOutput } from './import-report';
import { failureText } from './place-failure';
import { packIfDue } from './snapshot-command';

/**
 * `tiski import cards.csv`: imports the file into the register and reports the result.
 * @returns the exit code: 0 if all cards are in the register, else 1
 */
export async function runImport(
  filePath: string,
  options: ImportOptions,
  environment: NodeJS.ProcessEnv,
  out: LineOutput,
): Promise<number> {
  const place = importPlace(options, environment);
  const opened = await openRegister(place);
  if (typeof opened === 'string') return tell(out, failed(opened));
  try {
    const result = await importCards(opened.client, filePath, out);
    if (result.ok) await packIfDue(opened.client, out);
    return tell(out, result);
  } catch (error) {
    return tell(out, failed(failureText(error, place, opened)));
  } finally {
    await opened.close();
  }
}

const failed = (reason: string): ImportResult => ({ ok: false, faults: [{ reason }] });

function tell(out: LineOutput, result: ImportResult): number {
  out.write(`${importSummary(result)}\n`);
  return result.ok ? 0 : 1;
}
