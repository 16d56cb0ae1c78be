import { randomBytes } from 'node:crypto';
import { LoadDesk } from './load-desk';
import { adminPassword, startLoadServer, type LoadServer } from './load-server';
import type { BenchSize } from './sizes';
import { count, megabytes, milliseconds, seconds, type BenchTable } from './table';
import { basicAuthorization } from '../../src/server/accounts/basic-credentials';
import { mostRows } from '../../src/server/couch/limits';
import { administratorName } from '../../src/server/provision/administrator';

/**
 * The most that one request may ask for, each on a server of its own, so that memory figures mean something.
 */
const rowsAsked: Record<BenchSize, number> = { tiny: 300, usual: mostRows, full: mostRows };

const visits = '/tiski-visits-liikunta';
const register = '/tiski-register';
const bodyRoom = 8 * 1024 * 1024 - 1024;

type Method = 'GET' | 'POST';
interface Request {
  title: string;
  method: Method;
  path: string;
  body?: object;
  /** What has to exist before. */
  prepare?: (desk: LoadDesk, administrator: LoadDesk) => Promise<void>;
}

export async function abuse(size: BenchSize): Promise<BenchTable[]> {
  const rows: string[][] = [];
  for (const request of requestsFor(rowsAsked[size])) rows.push(await measure(request));
  return [
    {
      title: 'Requests at their limits',
      columns: ['Request', 'Status', 'Until answered', 'Longest stop', 'Memory at rest', 'Above it'],
      rows,
      notes: ['Stop: nobody else had a turn in the process of the server.'],
    },
  ];
}

async function measure({ title, method, path, body, prepare }: Request): Promise<string[]> {
  const server = await startLoadServer();
  const desk = await LoadDesk.open(server, 0);
  const administrator = administratorOf(server);
  try {
    await prepare?.(desk, administrator);
    const sender = path.startsWith(visits) ? desk : administrator;
    await sender.call('GET', '/_session');
    await server.pace();
    const rest = await server.memory();
    const { status, ms } = await sender.call(method, path, body);
    const { longestStopMs, peakBytes } = await server.pace();
    return [
      title,
      String(status),
      seconds(ms),
      milliseconds(longestStopMs),
      megabytes(rest),
      megabytes(Math.max(0, peakBytes - rest)),
    ];
  } finally {
    desk.close();
    administrator.close();
    await server.stop();
  }
}

function administratorOf(server: LoadServer): LoadDesk {
  return new LoadDesk(server, administratorName, basicAuthorization(administratorName, adminPassword));
}

function requestsFor(rows: number): Request[] {
  const ids = Array.from({ length: rows }, (_, index) => `card:${String(index).padStart(8, '0')}`);
  const cards = async (_desk: LoadDesk, administrator: LoadDesk) => {
    const docs = ids.map((_id) => ({ _id, type: 'card', v: 1, number: _id.slice(5), hint: 'x'.repeat(300) }));
    await administrator.call('POST', `${register}/_bulk_docs`, { docs });
  };
  const asked = ids.map((id) => ({ id }));
  const replicas = longHistories(Math.ceil(rows / 50));
  return [
    {
      title: `_all_docs with ${count(rows)} keys`,
      method: 'POST',
      path: `${register}/_all_docs?include_docs=true`,
      body: { keys: ids },
      prepare: cards,
    },
    {
      title: '_all_docs of everything',
      method: 'GET',
      path: `${register}/_all_docs?include_docs=true`,
      prepare: cards,
    },
    {
      title: '_changes of everything',
      method: 'GET',
      path: `${register}/_changes?include_docs=true`,
      prepare: cards,
    },
    {
      title: `_bulk_get of ${count(rows)} documents`,
      method: 'POST',
      path: `${register}/_bulk_get?revs=true&attachments=true`,
      body: { docs: asked },
      prepare: cards,
    },
    {
      title: '_bulk_get, one attachment 1,000 times',
      method: 'POST',
      path: `${register}/_bulk_get?attachments=true`,
      body: { docs: Array(Math.min(rows, 1000)).fill({ id: 'card:00000000' }) },
      prepare: attach,
    },
    {
      title: `_revs_diff of ${count(rows)} revisions`,
      method: 'POST',
      path: `${register}/_revs_diff`,
      body: { [ids[0] ?? '']: ids.map((_id, index) => `${index + 1}-${'a'.repeat(32)}`) },
      prepare: cards,
    },
    {
      title: `_bulk_docs, ${count(rows)} refused`,
      method: 'POST',
      path: `${visits}/_bulk_docs`,
      body: { docs: ids.map((_id) => ({ _id: `visit:other:${_id}`, type: 'visit' })) },
    },
    {
      title: `_bulk_docs, one id ${count(rows)} times`,
      method: 'POST',
      path: `${visits}/_bulk_docs`,
      body: { docs: ids.map(() => ({ _id: 'visit:other:x', type: 'visit' })) },
    },
    {
      title: `_bulk_docs, ${count(rows)} cards stored`,
      method: 'POST',
      path: `${register}/_bulk_docs`,
      body: {
        docs: ids.map((_id) => ({ _id, type: 'card', v: 1, number: _id.slice(5), hint: 'x'.repeat(300) })),
      },
    },
    {
      title: `_bulk_docs, ${count(replicas.length)} histories of 1,000`,
      method: 'POST',
      path: `${register}/_bulk_docs`,
      body: { new_edits: false, docs: replicas },
      prepare: cards,
    },
    {
      title: 'JSON of as many values as may be',
      method: 'POST',
      path: `${visits}/_bulk_docs`,
      body: { docs: Array(100).fill({ type: 'visit', lists: Array(rows / 4 - 50).fill([]) }) },
    },
  ];
}

async function attach(_desk: LoadDesk, administrator: LoadDesk): Promise<void> {
  const data = randomBytes(Math.floor((bodyRoom * 3) / 4) - 1024).toString('base64');
  const attachment = { content_type: 'application/octet-stream', data };
  const card = { _id: 'card:00000000', type: 'card', v: 1, number: '00000000' };
  await administrator.call('POST', register, { ...card, _attachments: { bytes: attachment } });
}

/** Replicas of stored cards with branches that nobody has heard of. */
function longHistories(documents: number): object[] {
  return Array.from({ length: documents }, (_, index) => {
    const number = String(index).padStart(8, '0');
    const made = randomBytes(16).toString('hex').slice(0, 24);
    const ids = Array.from({ length: 1000 }, (_each, at) => `${made}${String(at).padStart(8, '0')}`);
    return { _id: `card:${number}`, type: 'card', v: 1, number, _revisions: { start: 1000, ids } };
  });
}
