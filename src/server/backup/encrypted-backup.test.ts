import { mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateHybridIdentity, generateIdentity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesOf } from '../bytes';
import { contentsOf } from './backup-contents';
import type { BackupLine } from './backup-file';
import { encryptionFor, NoRecipient } from './encryption';
import { makeIdentityFile, NoIdentityFile, readIdentityFile } from './identity-file';
import { UnusableBackup } from './unusable-backup';
import { writeBackup } from './write-backup';

const at = '2026-11-22T08:00:00.000Z';
const documents = 600;
/** Random text that no gzip can shrink: an age file of several chunks, 64 KiB each. */
async function* lines(): AsyncGenerator<BackupLine> {
  yield { tiski: 'backup', format: 1, version: '1.0.0', at };
  yield { database: 'tiski-office', security: {} };
  for (let index = 0; index < documents; index += 1) {
    const text = Buffer.from(crypto.getRandomValues(new Uint8Array(384))).toString('base64');
    yield { doc: { _id: `note:${index}`, _rev: `1-${'a'.repeat(32)}`, text } };
  }
  yield { end: 'tiski-office', documents, upTo: '1' };
}

const chunk = 64 * 1024 + 16;
let folder = '';
let identity = '';
let file = '';
let whole = new Uint8Array();
let header = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiski-encrypted-'));
  identity = await generateIdentity();
  file = join(folder, 'whole.gz.age');
  await writeBackup(file, lines(), encryptionFor([await identityToRecipient(identity)]));
  whole = Uint8Array.from(await readFile(file));
  // The last line of the header, and the nonce of 16 bytes.
  const mac = Buffer.from(whole).indexOf('\n--- ') + 1;
  header = whole.indexOf(10, mac) + 1 + 16;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function fileOf(...parts: Uint8Array[]): Promise<string> {
  const path = join(folder, `changed-${++files}.gz.age`);
  await writeFile(path, bytesOf(Buffer.concat(parts)));
  return path;
}

describe('an encrypted backup', () => {
  it('is an age file for one recipient, readable only by its owner, and passes all the checks', async () => {
    const text = new TextDecoder('latin1').decode(whole);
    expect(text).toMatch(/^age-encryption\.org\/v1\n-> X25519 /);
    expect(text.match(/^-> /gm)).toHaveLength(1);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(whole.length).toBeGreaterThan(header + 3 * chunk);
    expect(await contentsOf(file, [await generateIdentity(), identity])).toEqual({
      at,
      databases: [{ database: 'tiski-office', documents, leftOut: 0, isOwn: true }],
    });
  });

  it('is opened by each of its recipients, post-quantum ones too', async () => {
    const identities = [await generateIdentity(), await generateHybridIdentity()];
    const recipients = await Promise.all(identities.map((each) => identityToRecipient(each)));
    const path = join(folder, 'several.gz.age');
    const written = await writeBackup(path, lines(), encryptionFor(recipients));
    for (const each of identities) expect(await contentsOf(path, [each])).toEqual(written);
  });

  it('is opened if the age tool made it', async () => {
    const fixtures = join(import.meta.dirname, '../../../tests/fixtures/age');
    const identities = await readIdentityFile(join(fixtures, 'age-keygen.txt'));
    expect(await contentsOf(join(fixtures, 'age.backup.gz.age'), identities)).toEqual({
      at,
      databases: [{ database: 'tiski-office', documents: 1, leftOut: 0, isOwn: true }],
    });
  });

  it('is not opened without its key, nor by another', async () => {
    await expect(contentsOf(file)).rejects.toThrow(
      new UnusableBackup('it is encrypted. Name the file of its private key with --identity.'),
    );
    await expect(contentsOf(file, [await generateIdentity()])).rejects.toThrow(
      new UnusableBackup('it is encrypted for other keys than that of --identity.'),
    );
  });

  const flipped = (bytes: Uint8Array, index: number) =>
    bytes.map((each, place) => (place === index ? each ^ 1 : each));
  const chunkOf = (index: number) => whole.subarray(header + index * chunk, header + (index + 1) * chunk);

  it.each<[string, () => Uint8Array[]]>([
    ['cut within a chunk', () => [whole.subarray(0, whole.length - 20)]],
    ['cut between two chunks', () => [whole.subarray(0, header + 2 * chunk)]],
    ['cut after its header', () => [whole.subarray(0, header)]],
    ['cut within its header', () => [whole.subarray(0, 60)]],
    ['a bit of its first chunk changed', () => [flipped(whole, header)]],
    ['a bit of its last chunk changed', () => [flipped(whole, whole.length - 1)]],
    ['a bit of its nonce changed', () => [flipped(whole, header - 1)]],
    ['something after its end', () => [whole, new Uint8Array([0])]],
    [
      'two chunks in the other order',
      () => [whole.subarray(0, header), chunkOf(1), chunkOf(0), whole.subarray(header + 2 * chunk)],
    ],
    ['a chunk left out', () => [whole.subarray(0, header), whole.subarray(header + chunk)]],
    ['a header without end', () => [whole.subarray(0, 22), new Uint8Array(3_000_000).fill(65)]],
  ])('%s: refused', async (_name, parts) => {
    const refused = contentsOf(await fileOf(...parts()), [identity]);
    await expect(refused).rejects.toThrow(UnusableBackup);
    await expect(refused).rejects.toThrow(/^it is cut off or damaged in line \d+\.$/);
  });

  it('that can’t be made leaves nothing behind', async () => {
    async function* larger(): AsyncGenerator<BackupLine> {
      yield* lines();
      yield { doc: { _id: 'note:x', text: 'x'.repeat(64 * 1024 * 1024) } };
    }
    const encryption = encryptionFor([await identityToRecipient(identity)]);
    const failed = writeBackup(join(folder, 'larger.gz.age'), larger(), encryption);
    await expect(failed).rejects.toThrow('note:x is larger than a backup may hold.');
    expect((await readdir(folder)).filter((name) => name.startsWith('larger'))).toEqual([]);
  });

  it('that no restore would accept is not kept, though it was written', async () => {
    async function* endless(): AsyncGenerator<BackupLine> {
      for await (const line of lines()) if (!('end' in line)) yield line;
    }
    for (const encryption of [undefined, encryptionFor([await identityToRecipient(identity)])]) {
      const failed = writeBackup(join(folder, 'endless.gz'), endless(), encryption);
      await expect(failed).rejects.toThrow('line 2: the database that begins there has no end.');
    }
    expect((await readdir(folder)).filter((name) => name.startsWith('endless'))).toEqual([]);
  });

  it('accepts public keys only, and doesn’t repeat what may be a private one', async () => {
    const recipient = await identityToRecipient(identity);
    for (const none of [identity, '', 'age1', recipient.slice(0, -1), `${recipient}x`, 'ssh-ed25519 AAAA']) {
      const refused = () => encryptionFor([recipient, none]);
      expect(refused).toThrow(NoRecipient);
      expect(refused).toThrow(/^that is not an age public key: it must be like age1…$/);
    }
  });
});

describe('a file of private keys', () => {
  it('is made as age-keygen makes it, once, readable only by its owner', async () => {
    const path = join(folder, 'made.key');
    const recipient = await makeIdentityFile(path, new Date(at));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, 'utf8')).toMatch(
      new RegExp(`^# created: ${at}\n# public key: ${recipient}\nAGE-SECRET-KEY-1[0-9A-Z]{58}\n$`),
    );
    const [made = ''] = await readIdentityFile(path);
    expect(await identityToRecipient(made)).toBe(recipient);
    await expect(makeIdentityFile(path, new Date(at))).rejects.toThrow('EEXIST');
  });

  it('may hold several keys and comments, and nothing else', async () => {
    const path = join(folder, 'several.key');
    await writeFile(path, `# one\r\n${identity}\r\n\n${identity}\n`);
    expect(await readIdentityFile(path)).toEqual([identity, identity]);
    for (const text of ['', '# none\n', `${identity}x\n`, await identityToRecipient(identity)]) {
      await writeFile(path, text);
      await expect(readIdentityFile(path)).rejects.toThrow(NoIdentityFile);
    }
    const large = await open(path, 'w');
    await large.truncate(10_000_000_000);
    await large.close();
    await expect(readIdentityFile(path)).rejects.toThrow(NoIdentityFile);
  });
});
