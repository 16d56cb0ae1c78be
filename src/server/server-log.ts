import { randomBytes } from 'node:crypto';
import { pino } from 'pino';

/** Called with a fault of ours; the request's id is that of the answer's `x-request-id`. */
export type OnFault = (error: unknown, requestId?: string) => void;

export interface ServerLog {
  fault: OnFault;
  /** One line for the operator. */
  warn(text: string): void;
}

interface Output {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** Short enough to read out over the telephone. */
export const newRequestId = () => randomBytes(4).toString('hex');

/** Plain lines in a terminal, else JSON, one object per line. */
export function serverLog(output: Output = process.stderr): ServerLog {
  return output.isTTY === true ? plainLog(output) : jsonLog(output);
}

/** Faults of ours: where, not about what, since that could be a card or a person. */
function traceOf(error: unknown): { name: string; frames: string[] } {
  const { name, stack = '' } = error instanceof Error ? error : new Error('not an error');
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return { name, frames: frames.slice(0, 8).map((line) => line.trim()) };
}

function plainLog(output: Output): ServerLog {
  return {
    fault(error, requestId) {
      const { name, frames } = traceOf(error);
      const title = requestId === undefined ? 'Something failed' : `The request ${requestId} failed`;
      output.write([`${title}: ${name}`, ...frames.map((frame) => `    ${frame}`), ''].join('\n'));
    },
    warn: (text) => output.write(`${text}\n`),
  };
}

function jsonLog(output: Output): ServerLog {
  const logger = pino(
    {
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    { write: (line) => void output.write(line) },
  );
  return {
    fault(error, requestId) {
      const { name, frames } = traceOf(error);
      const title = requestId === undefined ? 'Something failed' : 'A request failed';
      logger.error({ ...(requestId !== undefined && { requestId }), fault: name, frames }, title);
    },
    warn: (text) => logger.warn(text),
  };
}
