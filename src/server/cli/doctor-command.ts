import { examine } from '../doctor/examine';
import type { Finding, FindingState } from '../doctor/finding';
import type { LineOutput } from './import-report';
import type { DoctorOptions } from './options';

/**
 * `tiski doctor`: prints what it found, one line each, and what to do.
 * @returns the exit code: 1 if something is bad
 * @throws {CommandError} if the address is invalid
 */
export async function runDoctor(
  options: DoctorOptions,
  environment: NodeJS.ProcessEnv,
  out: LineOutput,
  now = new Date(),
): Promise<number> {
  const findings = await examine(options, environment, now);
  out.write(options.isJson ? `${JSON.stringify(findings, undefined, 2)}\n` : report(findings));
  return findings.some(({ state }) => state === 'bad') ? 1 : 0;
}

const words: Record<FindingState, string> = {
  good: 'good',
  warning: 'warning',
  bad: 'bad',
  'not-checked': 'not checked',
};
const width = 'not checked  '.length;

function report(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ check, state, says, todo }) => [
    `${words[state].padEnd(width)}${check}: ${says}`,
    ...(todo === undefined ? [] : [`${' '.repeat(width)}${todo}`]),
  ]);
  return `${lines.join('\n')}\n\n${summary(findings)}\n`;
}

function summary(findings: readonly Finding[]): string {
  const states: FindingState[] = ['bad', 'warning', 'not-checked', 'good'];
  const count = (wanted: FindingState) => findings.filter(({ state }) => state === wanted).length;
  return states.map((state) => `${words[state]}: ${count(state)}`).join(', ');
}
