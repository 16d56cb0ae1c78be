import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryId } from '$lib/documents/audit/entry-document';
import { auditDatabase } from '$lib/documents/databases';
import { startTestServer, type TestServer } from '../../../tests/server';
import { AuditLog, readEntries } from '../audit/audit-log';
import { documentPath, requireOk } from '../couch/client';
import { runAuditVerify } from './audit-command';
import { headFrom } from '../audit/verify-chain';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  const { log } = new AuditLog(server.client, () => new Date('2026-11-22T08:00:00Z'));
  for (const about of ['1', '2', '3']) await log({ account: 'liisa', action: 'case-read', about });
});
afterAll(() => server.stop());

async function verify(noted?: string) {
  let text = '';
  const environment = { TISKI_URL: server.url, TISKI_ADMIN_PASSWORD: server.adminPassword };
  const out = { write: (line: string) => (text += line) };
  const code = await runAuditVerify({ noted: headFrom(noted) }, environment, out);
  return { code, text };
}

describe('tiski audit verify', () => {
  it('says what there is, and what to write down; and believes it later', async () => {
    const { code, text } = await verify();
    expect([code, text]).toEqual([0, expect.stringMatching(/Entries 1 to \d+ are[^]*chain is whole/)]);
    const noted = /\d+:[0-9a-f]{64}/.exec(text)?.[0];
    expect(await verify(noted)).toMatchObject({ code: 0 });
  });

  it('says in plain words which entry was changed, taken out or replaced, and ends with 1', async () => {
    const { text: before } = await verify();
    const noted = /\d+:[0-9a-f]{64}/.exec(before)?.[0] ?? '';
    const [, second] = (await readEntries(server.client, 1, 2)) as { _id: string; _rev: string }[];
    const path = documentPath(auditDatabase, entryId(2));
    await requireOk(server.client, 'DELETE', `${path}?rev=${second?._rev}`);
    expect(await verify()).toMatchObject({ code: 1, text: expect.stringContaining('Entry 2 is missing') });
    const kept = { ...second, _rev: undefined };
    await requireOk(server.client, 'PUT', path, { ...kept, account: 'x' });
    expect(await verify()).toMatchObject({ code: 1, text: expect.stringContaining('Entry 2 was changed') });
    expect(await verify(noted.replace(/.$/, (last) => (last === '0' ? '1' : '0')))).toMatchObject({
      code: 1,
      text: expect.stringMatching(/Entry \d+ is not the one that was noted/),
    });
  });

  it('says why a place can not be read', async () => {
    let text = '';
    const out = { write: (line: string) => (text += line) };
    const environment = { TISKI_URL: server.url, TISKI_ADMIN_PASSWORD: 'wrong' };
    expect(await runAuditVerify({}, environment, out)).toBe(1);
    expect(text).toContain('did not accept');
  });
});
