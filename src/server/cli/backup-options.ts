import { CommandError } from './command-error';
import { given } from './given';

export type BackupCommand =
  | {
      kind: 'backup';
      action: 'write';
      file: string;
      /** --recipient, TISKI_BACKUP_RECIPIENT: public keys, separated by commas. */
      recipient?: string;
      keep?: number;
      url?: string;
      data?: string;
    }
  | { kind: 'backup'; action: 'verify'; file: string; identity?: string }
  | { kind: 'backup'; action: 'keygen'; file: string };

interface Values {
  recipient?: string | undefined;
  identity?: string | undefined;
  keep?: string | undefined;
}

const examples = {
  write: 'backup /var/backups/tiski/',
  verify: 'backup verify tiski-2026-11-25T020000Z.backup.gz',
  keygen: 'backup keygen tiski-backup.key',
} as const;

/** Reads the words after `backup`. @throws {CommandError} */
export function backupCommand(
  words: string[],
  values: Values,
  place: { url?: string; data?: string },
  environment: NodeJS.ProcessEnv,
): BackupCommand {
  const action = words[0] === 'verify' || words[0] === 'keygen' ? words[0] : 'write';
  const [file, excess] = action === 'write' ? words : words.slice(1);
  if (excess !== undefined) throw wrong(`"${excess}" is one word too many. See tiski --help.`);
  if (file === undefined) {
    const words = action === 'write' ? 'backup' : `backup ${action}`;
    throw wrong(`${words} needs a file: tiski ${examples[action]}`);
  }
  switch (action) {
    case 'verify':
      return { kind: 'backup', action, file, ...identityFrom(values, environment) };
    case 'keygen':
      return { kind: 'backup', action, file };
    case 'write': {
      const { TISKI_BACKUP_RECIPIENT } = environment;
      const recipient = named('recipient', values.recipient, 'public keys') ?? given(TISKI_BACKUP_RECIPIENT);
      return {
        kind: 'backup',
        action,
        file,
        ...(recipient === undefined ? {} : { recipient }),
        ...(values.keep === undefined ? {} : { keep: keepFrom(values.keep) }),
        ...place,
      };
    }
  }
}

/** The file with the private keys, from --identity or TISKI_BACKUP_IDENTITY. @throws {CommandError} */
export function identityFrom(
  values: Pick<Values, 'identity'>,
  { TISKI_BACKUP_IDENTITY }: NodeJS.ProcessEnv,
): { identity?: string } {
  const identity = named('identity', values.identity, 'a file') ?? given(TISKI_BACKUP_IDENTITY);
  return identity === undefined ? {} : { identity };
}

/** An empty value would mean no encryption at all: more likely a shell variable that isn't set. */
function named(flag: string, value: string | undefined, what: string): string | undefined {
  if (value === '') throw wrong(`--${flag} needs ${what}.`);
  return value;
}

function keepFrom(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw wrong(`--keep must be a number of 1 or more, and not "${text}".`);
}

const wrong = (message: string) => new CommandError(message, 2);
