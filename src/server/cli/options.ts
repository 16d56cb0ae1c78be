import { parseArgs } from 'node:util';
import { headFrom } from '../audit/verify-chain';
import type { Head } from '../audit/audit-log';
import { shortestPassphrase } from '../keys/sealed-keys';
import { backupCommand, identityFrom, type BackupCommand } from './backup-options';
import { CommandError } from './command-error';
import { portFrom, startOptions, type StartOptions, type StoreOptions } from './start-options';

/** What `tiski keys` does without another word. */
const keyActions = ['list', 'rotate', 'rotate-rescue', 'rotate-submissions'] as const;
type KeyAction = (typeof keyActions)[number];

export type Command =
  | { kind: 'help' }
  | { kind: 'version' }
  | { kind: 'start'; options: StartOptions }
  | { kind: 'dev'; options: StartOptions }
  | { kind: 'provision'; options: StoreOptions }
  | { kind: 'keys'; action: KeyAction; options: StoreOptions }
  | { kind: 'keys'; action: 'retire'; kid: string; options: StoreOptions }
  | { kind: 'keys'; action: 'export' | 'import'; file: string; passphrase: string; options: StoreOptions }
  | { kind: 'import'; file: string; url?: string; data?: string }
  | BackupCommand
  | { kind: 'restore'; file: string; replace: boolean; identity?: string; options: StoreOptions }
  | { kind: 'snapshot'; removeOthers: boolean; url?: string; data?: string }
  | { kind: 'audit'; action: 'verify'; noted?: Head; url?: string; data?: string }
  | { kind: 'doctor'; options: DoctorOptions };

export interface DoctorOptions {
  url?: string;
  data?: string;
  port?: string;
  /** `--slow`: including what takes a minute. */
  isSlow: boolean;
  /** `--json`: findings for programs. */
  isJson: boolean;
}

const commands = [
  'start',
  'dev',
  'provision',
  'import',
  'snapshot',
  'backup',
  'restore',
  'keys',
  'audit',
  'doctor',
] as const;
const examples = {
  import: 'cards.csv',
  restore: 'tiski-2026-11-25T020000Z.backup.gz',
} as const;

/** @throws {CommandError} for arguments that make no command */
export function readCommand(words: string[], environment: NodeJS.ProcessEnv = process.env): Command {
  const { values, positionals } = parse(words);
  if (values.help === true) return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };
  // An empty folder would be the current one: more likely a typo, or a shell variable that isn't set.
  if (values.data === '') throw wrong('--data needs a folder.');
  if (values.url === '') throw wrong('--url needs an address.');
  const [name = 'start', ...rest] = positionals;
  const kind = commands.find((command) => command === name);
  if (kind === undefined) throw wrong(`there is no command "${name}". See tiski --help.`);
  const isWriting = kind === 'backup' && rest[0] !== 'verify' && rest[0] !== 'keygen';
  const takesUrl = isWriting || ['import', 'snapshot', 'doctor', 'audit'].includes(kind);
  if (values.url !== undefined && !takesUrl) {
    throw wrong('--url goes with import, snapshot, backup, audit and doctor only. See tiski --help.');
  }
  if (values.replace === true && kind !== 'restore') {
    throw wrong('--replace goes with restore only. See tiski --help.');
  }
  if (values['remove-others'] === true && kind !== 'snapshot') {
    throw wrong('--remove-others goes with snapshot only. See tiski --help.');
  }
  for (const flag of ['recipient', 'keep'] as const) {
    if (values[flag] !== undefined && !isWriting) {
      throw wrong(`--${flag} goes with backup only. See tiski --help.`);
    }
  }
  if (values.noted !== undefined && kind !== 'audit') {
    throw wrong('--noted goes with audit verify only. See tiski --help.');
  }
  const isReading = kind === 'restore' || (kind === 'backup' && rest[0] === 'verify');
  if (values.identity !== undefined && !isReading) {
    throw wrong('--identity goes with restore and backup verify only. See tiski --help.');
  }
  if ((values.slow === true || values.json === true) && kind !== 'doctor') {
    throw wrong('--slow and --json go with doctor only. See tiski --help.');
  }
  const { url, data, port } = values;
  const place = { ...(url === undefined ? {} : { url }), ...(data === undefined ? {} : { data }) };
  switch (kind) {
    case 'keys':
      return keysCommand(rest, values, environment);
    case 'import':
      return { kind, file: fileWord(kind, rest), ...place };
    case 'backup':
      return backupCommand(rest, values, place, environment);
    case 'audit':
      return { ...auditCommand(rest, values), ...place };
    case 'snapshot':
      noMore(rest[0]);
      return { kind, removeOthers: values['remove-others'] === true, ...place };
    case 'doctor': {
      noMore(rest[0]);
      // What is wrong in the environment becomes a finding; what is typed wrongly ends the command.
      if (port !== undefined) portFrom(port);
      const options = { ...place, isSlow: values.slow === true, isJson: values.json === true };
      return { kind, options: { ...options, ...(port === undefined ? {} : { port }) } };
    }
    case 'restore': {
      const file = fileWord(kind, rest);
      const options = startOptions(values, environment);
      return { kind, file, replace: values.replace === true, ...identityFrom(values, environment), options };
    }
    default:
      noMore(rest[0]);
      return { kind, options: startOptions(values, environment) };
  }
}

/** The one argument after the command. @throws {CommandError} */
function fileWord(kind: keyof typeof examples, [file, excess]: string[]): string {
  noMore(excess);
  if (file === undefined) throw wrong(`${kind} needs a file: tiski ${kind} ${examples[kind]}`);
  return file;
}

function noMore(word: string | undefined): void {
  if (word !== undefined) throw wrong(`"${word}" is one word too many. See tiski --help.`);
}

function auditCommand([action, excess]: string[], { noted }: Values) {
  noMore(excess);
  if (action !== 'verify') throw wrong('audit needs to know what to do: tiski audit verify');
  const head = headFrom(noted);
  if (noted !== undefined && head === undefined) {
    throw wrong('--noted needs what tiski audit verify has shown before: a number, a colon and 64 letters.');
  }
  return { kind: 'audit' as const, action: 'verify' as const, ...(head && { noted: head }) };
}

function keysCommand(words: string[], values: Values, environment: NodeJS.ProcessEnv): Command {
  const options = startOptions(values, environment);
  const [action = 'list', kid, ...tooMany] = words;
  noMore(action === 'retire' || action === 'export' || action === 'import' ? tooMany[0] : kid);
  if (action === 'export' || action === 'import') {
    if (kid === undefined) throw wrong(`keys ${action} needs a file: tiski keys ${action} tiski-keys.jwe`);
    return { kind: 'keys', action, file: kid, passphrase: passphraseFrom(environment), options };
  }
  const plain = keyActions.find((each) => each === action);
  if (plain !== undefined) return { kind: 'keys', action: plain, options };
  if (action !== 'retire') throw wrong(`keys can't "${action}". See tiski --help.`);
  if (kid === undefined) throw wrong('keys retire needs the id of a key: see tiski keys');
  return { kind: 'keys', action, kid, options };
}

interface Values {
  port?: string | undefined;
  data?: string | undefined;
  url?: string | undefined;
  recipient?: string | undefined;
  identity?: string | undefined;
  keep?: string | undefined;
  noted?: string | undefined;
  empty?: boolean | undefined;
  replace?: boolean | undefined;
  'remove-others'?: boolean | undefined;
  slow?: boolean | undefined;
  json?: boolean | undefined;
  help?: boolean | undefined;
  version?: boolean | undefined;
}

function parse(words: string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({
      args: words,
      allowPositionals: true,
      options: {
        port: { type: 'string', short: 'p' },
        data: { type: 'string', short: 'd' },
        url: { type: 'string' },
        recipient: { type: 'string' },
        identity: { type: 'string' },
        keep: { type: 'string' },
        noted: { type: 'string' },
        empty: { type: 'boolean' },
        replace: { type: 'boolean' },
        'remove-others': { type: 'boolean' },
        slow: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw wrong(`${message.split(/\.\s/)[0] ?? message}. See tiski --help.`);
  }
}

function passphraseFrom({ TISKI_KEYS_PASSPHRASE = '' }: NodeJS.ProcessEnv): string {
  if (TISKI_KEYS_PASSPHRASE.length >= shortestPassphrase) return TISKI_KEYS_PASSPHRASE;
  throw wrong(`TISKI_KEYS_PASSPHRASE must have ${shortestPassphrase} characters at least.`);
}

const wrong = (message: string) => new CommandError(message, 2);
