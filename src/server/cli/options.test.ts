import { describe, expect, it } from 'vitest';
import { CommandError } from './command-error';
import { readCommand } from './options';

const standard = { port: 3000, host: 'localhost', data: './data', demo: true };

describe('the command line', () => {
  it('starts by itself, with the settings of the environment', () => {
    expect(readCommand([], {})).toEqual({ kind: 'start', options: standard });
    const environment = {
      PORT: '8080',
      HOST: '0.0.0.0',
      TISKI_DATA: '/srv/tiski',
      TISKI_DEMO: '0',
      TISKI_ADMIN_PASSWORD: 'secret',
      TISKI_TRUST_PROXY: '10.0.0.1',
      TISKI_HOSTS: 'tiski.example.fi, 10.0.0.5,',
      TISKI_APP: 'other',
      TISKI_METRICS_TOKEN: 'sixteen-letters!',
      COUCHDB_URL: 'http://admin:admin@localhost:5984',
    };
    expect(readCommand(['start'], environment)).toEqual({
      kind: 'start',
      options: {
        port: 8080,
        host: '0.0.0.0',
        data: '/srv/tiski',
        demo: false,
        adminPassword: 'secret',
        trustProxy: '10.0.0.1',
        hosts: ['tiski.example.fi', '10.0.0.5'],
        app: 'other',
        metricsToken: 'sixteen-letters!',
        couchUrl: 'http://admin:admin@localhost:5984',
      },
    });
  });

  it('arguments override the environment, and an empty variable is unset', () => {
    const words = ['dev', '--port', '4000', '--data', 'x', '--empty'];
    const command = readCommand(words, { PORT: '1', TISKI_DATA: 'y', HOST: '' });
    expect(command).toEqual({ kind: 'dev', options: { ...standard, port: 4000, data: 'x', demo: false } });
  });

  it('imports a file, by an address or a folder', () => {
    expect(readCommand(['import', 'cards.csv', '--url', 'http://x'], {})).toEqual({
      kind: 'import',
      file: 'cards.csv',
      url: 'http://x',
    });
  });

  it('backs up and restores', () => {
    expect(readCommand(['backup', 'there/', '--data', 'x'], {})).toEqual({
      kind: 'backup',
      action: 'write',
      file: 'there/',
      data: 'x',
    });
    const options = { ...standard, data: 'x' };
    const words = ['restore', 'b.gz', '--data', 'x'];
    expect(readCommand(words, {})).toEqual({ kind: 'restore', file: 'b.gz', replace: false, options });
    expect(readCommand([...words, '--replace'], {})).toMatchObject({ replace: true });
  });

  it('verifies the audit log, against a head that somebody noted', () => {
    const hash = 'a1'.repeat(32);
    const verify = { kind: 'audit', action: 'verify' };
    expect(readCommand(['audit', 'verify', '--url', 'http://x'], {})).toEqual({ ...verify, url: 'http://x' });
    expect(readCommand(['audit', 'verify', '--noted', `7:${hash}`], {})).toEqual({
      ...verify,
      noted: { number: 7, hash },
    });
    expect(() => readCommand(['audit', 'verify', '--noted', '7'], {})).toThrow(/--noted needs/);
    expect(() => readCommand(['audit'], {})).toThrow(/tiski audit verify/);
    expect(() => readCommand(['start', '--noted', `7:${hash}`], {})).toThrow(/goes with audit/);
  });

  it('encrypts, keeps, verifies and opens backups; arguments override the environment', () => {
    const environment = { TISKI_BACKUP_RECIPIENT: 'age1a', TISKI_BACKUP_IDENTITY: 'a.key' };
    const write = { kind: 'backup', action: 'write', file: 'there/' };
    expect(readCommand(['backup', 'there/'], environment)).toEqual({ ...write, recipient: 'age1a' });
    expect(readCommand(['backup', 'there/', '--recipient', 'age1b', '--keep', '14'], environment)).toEqual({
      ...write,
      recipient: 'age1b',
      keep: 14,
    });
    const verify = { kind: 'backup', action: 'verify', file: 'b.gz' };
    expect(readCommand(['backup', 'verify', 'b.gz'], {})).toEqual(verify);
    expect(readCommand(['backup', 'verify', 'b.gz'], environment)).toEqual({ ...verify, identity: 'a.key' });
    expect(readCommand(['restore', 'b.gz', '--identity', 'b.key'], environment)).toMatchObject({
      identity: 'b.key',
    });
    const keygen = { kind: 'backup', action: 'keygen', file: 'a.key' };
    expect(readCommand(['backup', 'keygen', 'a.key'], environment)).toEqual(keygen);
  });

  it('packs the register', () => {
    expect(readCommand(['snapshot', '--data', 'x'], {})).toEqual({
      kind: 'snapshot',
      removeOthers: false,
      data: 'x',
    });
    expect(readCommand(['snapshot', '--remove-others'], {})).toMatchObject({ removeOthers: true });
  });

  it('looks for what is wrong, whatever the environment says', () => {
    const options = { isSlow: false, isJson: false };
    expect(readCommand(['doctor'], { PORT: 'abc' })).toEqual({ kind: 'doctor', options });
    const words = ['doctor', '--slow', '--json', '--url', 'https://x', '--data', 'y', '--port', '4000'];
    expect(readCommand(words, {})).toEqual({
      kind: 'doctor',
      options: { isSlow: true, isJson: true, url: 'https://x', data: 'y', port: '4000' },
    });
  });

  it('manages the signing keys', () => {
    expect(readCommand(['keys'], {})).toEqual({ kind: 'keys', action: 'list', options: standard });
    for (const action of ['rotate', 'rotate-rescue', 'rotate-submissions']) {
      expect(readCommand(['keys', action], {})).toMatchObject({ kind: 'keys', action });
    }
    expect(readCommand(['keys', 'retire', 'abc'], {})).toMatchObject({ action: 'retire', kid: 'abc' });
  });

  it('helps', () => {
    expect(readCommand(['--help', 'start'], {})).toEqual({ kind: 'help' });
    expect(readCommand(['-v'], {})).toEqual({ kind: 'version' });
  });

  it.each([
    [['nonsense'], /no command "nonsense"/],
    [['--nonsense'], /Unknown option '--nonsense'/],
    [['start', 'x'], /"x" is one word too many/],
    [['import'], /import needs a file/],
    [['import', 'a', 'b'], /"b" is one word too many/],
    [['start', '--url', 'x'], /--url goes with import/],
    [['import', 'a', '--remove-others'], /--remove-others goes with snapshot only/],
    [['restore', 'a', '--url', 'x'], /--url goes with import, snapshot, backup, audit and doctor only/],
    [['backup', 'a', '--replace'], /--replace goes with restore/],
    [['restore'], /restore needs a file/],
    [['backup'], /backup needs a file/],
    [['backup', 'verify'], /backup verify needs a file/],
    [['backup', 'keygen', 'a', 'b'], /"b" is one word too many/],
    [['backup', 'verify', 'a', '--url', 'x'], /--url goes with import/],
    [['backup', 'verify', 'a', '--keep', '3'], /--keep goes with backup only/],
    [['restore', 'a', '--recipient', 'x'], /--recipient goes with backup only/],
    [['backup', 'a', '--identity', 'x'], /--identity goes with restore and backup verify only/],
    [['backup', 'a', '--recipient='], /--recipient needs public keys/],
    [['restore', 'a', '--identity='], /--identity needs a file/],
    [['backup', 'a', '--keep', '0'], /--keep must be a number of 1 or more/],
    [['backup', 'a', '--keep', '1.5'], /--keep must be a number/],
    [['start', '--slow'], /--slow and --json go with doctor only/],
    [['doctor', 'x'], /"x" is one word too many/],
    [['doctor', '--port', 'x'], /"x" is not a port/],
    [['keys', 'retire'], /needs the id of a key/],
    [['keys', 'eat'], /keys can't "eat"/],
    [['keys', 'rotate', 'x'], /"x" is one word too many/],
    [['start', '--port'], /--port/],
    [['start', '--port', '70000'], /"70000" is not a port/],
    [['start', '--port', '3e3'], /"3e3" is not a port/],
    [['start', '--port', '-1'], /--port/],
    [['start', '--data='], /--data needs a folder/],
    [['import', 'a', '--data', ''], /--data needs a folder/],
    [['import', 'a', '--url='], /--url needs an address/],
  ])('%j is refused in one line', (words, message) => {
    const read = () => readCommand(words, {});
    expect(read).toThrow(CommandError);
    expect(read).toThrow(message);
    expect(read).not.toThrow(/\n/);
  });

  it('an address that is not a CouchDB’s is refused', () => {
    for (const COUCHDB_URL of ['localhost:5984', 'ftp://x', 'nonsense']) {
      expect(() => readCommand([], { COUCHDB_URL })).toThrow(/COUCHDB_URL must be like/);
    }
    for (const TISKI_HOSTS of ['*', 'localhost,http://tiski.example.fi', 'a b']) {
      expect(() => readCommand([], { TISKI_HOSTS })).toThrow(/in TISKI_HOSTS is not a host name/);
    }
    for (const TISKI_METRICS_TOKEN of ['fifteen-letters', 'with a space in it', 'ääkkösiä-on-kyllin']) {
      expect(() => readCommand([], { TISKI_METRICS_TOKEN })).toThrow(/TISKI_METRICS_TOKEN must have 16/);
    }
  });
});
