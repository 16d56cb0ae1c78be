import type { Head } from '../audit/audit-log';
import { headText, verifyChain, type ChainFault } from '../audit/verify-chain';
import { importPlace, openRegister, type ImportOptions } from './import-place';
import { grouped, type LineOutput } from './import-report';
import { failureText } from './place-failure';

export interface AuditOptions extends ImportOptions {
  /** `--noted`: a head that somebody wrote down earlier. */
  noted?: Head | undefined;
}

/**
 * `tiski audit verify`: reads the whole audit log and says whether it is what was logged.
 * @returns the exit code: 1 with faults
 */
export async function runAuditVerify(
  { noted, ...options }: AuditOptions,
  environment: NodeJS.ProcessEnv,
  out: LineOutput,
): Promise<number> {
  const place = importPlace(options, environment);
  const opened = await openRegister(place);
  if (typeof opened === 'string') {
    out.write(`${opened}\n`);
    return 1;
  }
  try {
    const { first, head, faults } = await verifyChain(opened.client, noted);
    for (const line of rangeLines(first, head)) out.write(`${line}\n`);
    for (const fault of faults) out.write(`  ${faultText(fault)}\n`);
    if (faults.length > 0) out.write('The audit log is not as it was written.\n');
    else if (first > 0) out.write('The chain is whole: nothing was changed, taken out or put in.\n');
    return faults.length > 0 ? 1 : 0;
  } catch (error) {
    out.write(`${failureText(error, place, opened)}\n`);
    return 1;
  } finally {
    await opened.close();
  }
}

function rangeLines(first: number, head: Head): string[] {
  if (first === 0) return ['The audit log is empty.'];
  return [
    `Entries ${grouped(first)} to ${grouped(head.number)} are in the audit log.`,
    `Write this down elsewhere, and give it to --noted next time: ${headText(head)}`,
  ];
}

function faultText({ kind, number }: ChainFault): string {
  const entry = `Entry ${grouped(number)}`;
  switch (kind) {
    case 'unreadable':
      return `${entry} can't be read.`;
    case 'changed':
      return `${entry} was changed after it was written.`;
    case 'missing':
      return `${entry} is missing, and nothing says that its time was over.`;
    case 'not-in-chain':
      return `${entry} doesn't follow the one before it: one of them was put in, or written again.`;
    case 'not-as-noted':
      return `${entry} is not the one that was noted: it was replaced, or newer entries were removed.`;
  }
}
