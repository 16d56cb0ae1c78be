import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensurePrograms } from './ensure-programs';
import { replaced } from './proxies';

const units = ['tiski.service', 'tiski-backup.service', 'tiski-backup.timer'];
const services = units.filter((name) => name.endsWith('.service'));

describe('the units of docs/deploy', () => {
  let analyze: string;
  let folder: string;
  const run = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(analyze, words, { encoding: 'utf8' });
    return { status, said: stdout + stderr };
  };

  beforeAll(async () => {
    analyze = ensurePrograms(['systemd-analyze'])['systemd-analyze'];
    folder = await mkdtemp(join(tmpdir(), 'tiski-units-'));
    for (const unit of units) await cp(join('docs/deploy', unit), join(folder, unit));
    // What is started has to exist on this machine.
    for (const unit of services) {
      const text = await readFile(join(folder, unit), 'utf8');
      await writeFile(join(folder, unit), replaced(text, [['/usr/bin/node', process.execPath]], unit));
    }
  }, 900_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('are well-formed, and name nothing that systemd does not know', () => {
    const files = units.map((unit) => join(folder, unit));
    expect(run('verify', '--man=no', ...files)).toEqual({ status: 0, said: '' });
  });

  it.each(services)('%s exposes little: below 2.0', (unit) => {
    const file = join(folder, unit);
    const { status, said } = run('security', '--offline=true', '--no-pager', '--threshold=19', file);
    expect({ status, said: status === 0 ? '' : said }).toEqual({ status: 0, said: '' });
  });

  it('hold no secret', async () => {
    for (const unit of services) {
      const text = await readFile(join('docs/deploy', unit), 'utf8');
      const told = text.split('\n').filter((line) => !line.startsWith('#'));
      expect(told.join('\n')).not.toMatch(/PASSWORD|TOKEN|PASSPHRASE|COUCHDB_URL/);
      expect(text).toMatch(/^EnvironmentFile=/m);
    }
  });
});
