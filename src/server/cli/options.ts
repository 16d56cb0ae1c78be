import { parseArgs } from 'node:util';
import { couchAddresses } from '../couch/remote-client';
import { hostName } from '../http/allowed-hosts';
import { shortestPassphrase } from '../keys/sealed-keys';
import { backupCommand, identityFrom, type BackupCommand } from './backup-options';
import { CommandError } from './command-error';
import { given } from './given';

export interface StoreOptions {
  /** Data folder of the embedded store. */
  data: string;
  /** COUCHDB_URL; the embedded store is used without it. */
  couchUrl?: string;
  /** TISKI_KEYS: folder of the private keys. */
  keys?: string;
  /** TISKI_ADMIN_PASSWORD: of the first administrator, who takes it at every start. */
  adminPassword?: string;
}

export interface StartOptions extends StoreOptions {
  port: number;
  host: string;
  /** Whether an empty store is filled with the made-up city. */
  demo: boolean;
  /** TISKI_APP: a folder with a built app, served as it is. */
  app?: string;
  /** TISKI_TRUST_PROXY: addresses of reverse proxies, separated by commas. */
  trustProxy?: string;
  /** TISKI_HOSTS: names and addresses that it answers to. */
  hosts?: string[];
  /** TISKI_METRICS_TOKEN: with which /metrics is read from elsewhere. */
  metricsToken?: string;
}

export type Command =
  | { kind: 'help' }
  | { kind: 'version' }
  | { kind: 'start'; options: StartOptions }
  | { kind: 'dev'; options: StartOptions }
  | { kind: 'provision'; options: StoreOptions }
  | { kind: 'keys'; action: 'list' | 'rotate' | 'rotate-rescue'; options: StoreOptions }
  | { kind: 'keys'; action: 'retire'; kid: string; options: StoreOptions }
  | { kind: 'keys'; action: 'export' | 'import'; file: string; passphrase: string; options: StoreOptions }
  | { kind: 'import'; file: string; url?: string; data?: string }
  | BackupCommand
  | { kind: 'restore'; file: string; replace: boolean; identity?: string; options: StoreOptions }
  | { kind: 'snapshot'; removeOthers: boolean; url?: string; data?: string }
  | { kind: 'doctor'; options: DoctorOptions };

export interface DoctorOptions {
  url?: string;
  data?: string;
  port?: string;
  /** `--slow`: with what takes a minute. */
  isSlow: boolean;
  /** `--json`: findings for programs. */
  isJson: boolean;
}

/** Every setting of the environment that a command reads. */
export const knownSettings = [
  'COUCHDB_URL',
  'HOST',
  'PORT',
  'TISKI_ADMIN_PASSWORD',
  'TISKI_APP',
  'TISKI_BACKUP_IDENTITY',
  'TISKI_BACKUP_RECIPIENT',
  'TISKI_DATA',
  'TISKI_DEMO',
  'TISKI_HOSTS',
  'TISKI_KEYS',
  'TISKI_KEYS_PASSPHRASE',
  'TISKI_METRICS_TOKEN',
  'TISKI_TRUST_PROXY',
  'TISKI_URL',
] as const;

export const helpText = `Tiski, front desk software for city benefit cards

  tiski [start]        start the server; the app is built first when it has to be
  tiski dev            the same with hot reload, for developers
  tiski provision      make or mend databases, rights and the first administrator, and end
  tiski import FILE    put the cards of a CSV file into the register
  tiski snapshot       pack the register for new desks now, without waiting for the server to do it

  tiski backup FILE    write everything but the private keys into a file, or into a new file of
                       a folder: of a running server with --url, else of one that is stopped
  tiski backup verify FILE
                       read a backup to its end, as a restore does, and say what is in it
  tiski backup keygen FILE
                       make a key pair: the private key into FILE, the public one is shown
  tiski restore FILE   bring a backup into an empty data folder, or an empty CouchDB; only the
                       databases of Tiski, under this version's rules

  tiski keys           list the keys that card codes are signed with, and those of rescue files
  tiski keys rotate    make a new one; printed cards stay good
  tiski keys retire ID give one up: its codes alone admit nobody any more
  tiski keys rotate-rescue
                       make a new key for rescue files; the old one opens what was saved before
  tiski keys export FILE, tiski keys import FILE
                       carry the private keys to another server, encrypted with the passphrase
                       in TISKI_KEYS_PASSPHRASE

  tiski doctor         check settings, folder, disk, clock, keys, databases, a CouchDB and, with
                       --url, the reverse proxy; say what to do; change nothing. It ends with 1
                       when something is bad

  --port NUMBER        port to listen on                    PORT, 3000
  --data FOLDER        where the data is kept               TISKI_DATA, ./data
  --url ADDRESS        import, snapshot, backup, doctor: of a running server, whose
                       administrator's password is in TISKI_ADMIN_PASSWORD  TISKI_URL
  --recipient KEYS     backup: encrypt it for these public keys of age (age1…), separated by
                       commas                               TISKI_BACKUP_RECIPIENT
  --identity FILE      restore, backup verify: the private keys that open an encrypted backup
                                                            TISKI_BACKUP_IDENTITY
  --keep NUMBER        backup into a folder: of Tiski's backups there only the newest stay, this
                       one among them; older ones are deleted once it was read back whole
  --slow               doctor: also hold a request for a minute, to see whether the proxy cuts it
  --json               doctor: findings as JSON
  --replace            restore: delete the databases of Tiski that are there
  --remove-others      snapshot: delete those that came by replication from other servers
  --empty              don't fill an empty store with the made-up demo city    TISKI_DEMO=0
  --help, --version

Environment
  HOST                     address to listen on; localhost
  COUCHDB_URL              a CouchDB to use instead of the data folder, with its administrator:
                           http://admin:secret@localhost:5984; of a cluster several of its nodes,
                           separated by commas
  TISKI_ADMIN_PASSWORD     the administrator's password, set at every start; made up by the first
                           one when missing, and shown; where the output is no terminal, it is
                           in the file administrator-password of the data folder
  TISKI_KEYS               folder of the private keys, shared or a mounted secret; keys in the data
                           folder. A demo has its own
  TISKI_TRUST_PROXY        addresses of reverse proxies to believe, separated by commas; loopback
  TISKI_HOSTS              names and addresses that the server answers to besides localhost and
                           HOST, separated by commas; a demo to no others, a city to all
  TISKI_METRICS_TOKEN      what Prometheus shows as its bearer token at /metrics, 16 characters or more;
                           without it /metrics is read on the server's own machine only
  TISKI_APP                a built app to serve as it is`;

const commands = [
  'start',
  'dev',
  'provision',
  'import',
  'snapshot',
  'backup',
  'restore',
  'keys',
  'doctor',
] as const;
const examples = {
  import: 'cards.csv',
  restore: 'tiski-2026-11-25T020000Z.backup.gz',
} as const;

/** @throws {CommandError} for words that make no command */
export function readCommand(words: string[], environment: NodeJS.ProcessEnv = process.env): Command {
  const { values, positionals } = parse(words);
  if (values.help === true) return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };
  // An empty folder would be the current one: rather a typing error, or a shell variable that isn't set.
  if (values.data === '') throw wrong('--data needs a folder.');
  if (values.url === '') throw wrong('--url needs an address.');
  const [name = 'start', ...rest] = positionals;
  const kind = commands.find((command) => command === name);
  if (kind === undefined) throw wrong(`there is no command "${name}". See tiski --help.`);
  const isWriting = kind === 'backup' && rest[0] !== 'verify' && rest[0] !== 'keygen';
  const takesUrl = kind === 'import' || kind === 'snapshot' || isWriting || kind === 'doctor';
  if (values.url !== undefined && !takesUrl) {
    throw wrong('--url goes with import, snapshot, backup and doctor only. See tiski --help.');
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
    case 'snapshot':
      noMore(rest[0]);
      return { kind, removeOthers: values['remove-others'] === true, ...place };
    case 'doctor': {
      noMore(rest[0]);
      // What the environment says wrongly is a finding; what is typed wrongly ends the command.
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

/** The one word after the command. @throws {CommandError} */
function fileWord(kind: keyof typeof examples, [file, excess]: string[]): string {
  noMore(excess);
  if (file === undefined) throw wrong(`${kind} needs a file: tiski ${kind} ${examples[kind]}`);
  return file;
}

function noMore(word: string | undefined): void {
  if (word !== undefined) throw wrong(`"${word}" is one word too many. See tiski --help.`);
}

function keysCommand(words: string[], values: Values, environment: NodeJS.ProcessEnv): Command {
  const options = startOptions(values, environment);
  const [action = 'list', kid, ...tooMany] = words;
  noMore(action === 'retire' || action === 'export' || action === 'import' ? tooMany[0] : kid);
  if (action === 'export' || action === 'import') {
    if (kid === undefined) throw wrong(`keys ${action} needs a file: tiski keys ${action} tiski-keys.jwe`);
    return { kind: 'keys', action, file: kid, passphrase: passphraseFrom(environment), options };
  }
  if (action === 'list' || action === 'rotate' || action === 'rotate-rescue')
    return { kind: 'keys', action, options };
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

function startOptions(values: Values, environment: NodeJS.ProcessEnv): StartOptions {
  const {
    COUCHDB_URL,
    HOST,
    PORT,
    TISKI_ADMIN_PASSWORD,
    TISKI_APP,
    TISKI_DATA,
    TISKI_DEMO,
    TISKI_HOSTS,
    TISKI_KEYS,
    TISKI_METRICS_TOKEN,
    TISKI_TRUST_PROXY,
  } = environment;
  return {
    port: portFrom(values.port ?? given(PORT) ?? '3000'),
    host: given(HOST) ?? 'localhost',
    data: values.data ?? given(TISKI_DATA) ?? './data',
    demo: values.empty !== true && TISKI_DEMO !== '0',
    ...(given(COUCHDB_URL) === undefined ? {} : { couchUrl: couchUrlFrom(COUCHDB_URL ?? '') }),
    ...(given(TISKI_ADMIN_PASSWORD) === undefined ? {} : { adminPassword: TISKI_ADMIN_PASSWORD ?? '' }),
    ...(given(TISKI_KEYS) === undefined ? {} : { keys: TISKI_KEYS ?? '' }),
    ...(given(TISKI_APP) === undefined ? {} : { app: TISKI_APP ?? '' }),
    ...(given(TISKI_TRUST_PROXY) === undefined ? {} : { trustProxy: TISKI_TRUST_PROXY ?? '' }),
    ...(given(TISKI_HOSTS) === undefined ? {} : { hosts: hostsFrom(TISKI_HOSTS ?? '') }),
    ...(given(TISKI_METRICS_TOKEN) === undefined
      ? {}
      : { metricsToken: metricsTokenFrom(TISKI_METRICS_TOKEN ?? '') }),
  };
}

function passphraseFrom({ TISKI_KEYS_PASSPHRASE = '' }: NodeJS.ProcessEnv): string {
  if (TISKI_KEYS_PASSPHRASE.length >= shortestPassphrase) return TISKI_KEYS_PASSPHRASE;
  throw wrong(`TISKI_KEYS_PASSPHRASE must have ${shortestPassphrase} characters at least.`);
}

/** Nobody counts the guesses: it has to be long. */
function metricsTokenFrom(text: string): string {
  if (/^[\x21-\x7e]{16,}$/.test(text)) return text;
  throw wrong('TISKI_METRICS_TOKEN must have 16 characters at least, without spaces and accents.');
}

function portFrom(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw wrong(`"${text}" is no port: it must be a number from 0 to 65535.`);
}

function hostsFrom(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      if (hostName(entry) !== undefined) return entry;
      throw wrong(`"${entry}" in TISKI_HOSTS is no name of a host: it must be like tiski.example.fi`);
    });
}

function couchUrlFrom(text: string): string {
  try {
    couchAddresses(text);
    return text;
  } catch {
    throw wrong(
      "COUCHDB_URL must be like http://admin:secret@localhost:5984, with commas between a cluster's nodes",
    );
  }
}
const wrong = (message: string) => new CommandError(message, 2);
