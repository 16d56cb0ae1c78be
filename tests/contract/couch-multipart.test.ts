import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { bytesOf } from '../../src/server/bytes';
import { describeCouchApi } from './couch-api';
import { failure } from './couch-target';
import { multipartOf, type SentPart } from './multipart';

const bytes = Buffer.from('hello');
const follows = { content_type: 'text/plain', follows: true, length: 5 };
const withOne = (facts: object = follows) => ({ _id: 'a', _attachments: { 'a.txt': facts } });
const hello: SentPart = { name: 'a.txt', bytes };
const packed = (content: Buffer, facts: object = {}) => {
  const gzip = gzipSync(bytesOf(content));
  return {
    document: withOne({
      ...{ content_type: 'text/plain', follows: true, encoding: 'gzip' },
      ...{ length: content.length, encoded_length: gzip.length },
      ...facts,
    }),
    parts: [{ name: 'a.txt', bytes: gzip }],
  };
};

/**
 * What is not a document with attachments is refused as a whole; the target accepts bodies of up to 256 KiB.
 */
const refused: [what: string, expected: [number, string], document: object, parts: SentPart[]][] = [
  ['fewer parts than attachments', [400, 'bad_request'], withOne(), []],
  ['more parts than attachments', [400, 'bad_request'], withOne(), [hello, { name: 'b', bytes }]],
  ['a part of another name', [400, 'bad_request'], withOne(), [{ name: 'b.txt', bytes }]],
  ['a part that is longer', [400, 'bad_request'], withOne({ ...follows, length: 4 }), [hello]],
  [
    'whole numbers as names, which parts without one could be mistaken for',
    [400, 'bad_request'],
    { _id: 'a', _attachments: { '10': follows, '2': follows } },
    [{ bytes }, { bytes }],
  ],
  [
    'an encoding that nobody has',
    [415, 'bad_content_type'],
    withOne({ ...follows, encoding: 'br', encoded_length: 5 }),
    [hello],
  ],
  [
    'no gzip where it says so',
    [400, 'bad_request'],
    withOne({ ...follows, encoding: 'gzip', encoded_length: 20 }),
    [{ name: 'a.txt', bytes: Buffer.alloc(20) }],
  ],
  [
    'another length than was packed',
    [400, 'bad_request'],
    packed(bytes, { length: 6 }).document,
    packed(bytes).parts,
  ],
  [
    'gzip that would fill memory',
    [413, 'document_too_large'],
    packed(Buffer.alloc(200_000)).document,
    packed(Buffer.alloc(200_000)).parts,
  ],
  [
    'gzip beyond the longest body',
    [413, 'document_too_large'],
    packed(Buffer.from(String(Math.PI).repeat(20_000))).document,
    packed(Buffer.from(String(Math.PI).repeat(20_000))).parts,
  ],
  [
    'a name that CouchDB keeps',
    [400, 'bad_request'],
    { _id: 'a', _attachments: { _x: follows } },
    [{ name: '_x', bytes }],
  ],
  [
    'parts without end',
    [413, 'document_too_large'],
    withOne(),
    Array.from({ length: 1200 }, () => ({ bytes: Buffer.alloc(0) })),
  ],
];

describeCouchApi(({ couch, newDatabase }) => {
  it.each(refused)('multipart/related is refused with %s', async (_what, expected, document, parts) => {
    const database = await newDatabase();
    const { headers, body } = multipartOf(document, parts);
    expect(failure(await couch('PUT', `${database}/a`, body, { headers }))).toEqual(expected);
    expect((await couch('GET', `${database}/a`)).status).toBe(404);
  });

  it.each([
    ['no boundary', 'multipart/related; type=x', '', [400, 'bad_request']],
    ['no part', 'multipart/related; boundary=x', '--x--', [400, 'bad_request']],
    [
      'no end',
      'multipart/related; boundary=x',
      '--x\r\ncontent-type: application/json\r\n\r\n{}',
      [400, 'bad_request'],
    ],
    [
      'no JSON',
      'multipart/related; boundary=x',
      '--x\r\ncontent-type: text/plain\r\n\r\n{}\r\n--x--',
      [415, 'bad_ctype'],
    ],
    [
      'half a JSON',
      'multipart/related; boundary=x',
      '--x\r\ncontent-type: application/json\r\n\r\n{\r\n--x--',
      [400, 'bad_request'],
    ],
    [
      'a list',
      'multipart/related; boundary=x',
      '--x\r\ncontent-type: application/json\r\n\r\n[]\r\n--x--',
      [400, 'bad_request'],
    ],
    [
      'headers without end',
      'multipart/related; boundary=x',
      `--x\r\ncontent-type: ${'y'.repeat(20_000)}`,
      [400, 'bad_request'],
    ],
    [
      'headers that are no text',
      'multipart/related; boundary=x',
      Buffer.from('--x\r\na: \xff\r\n\r\n{}\r\n--x--', 'latin1'),
      [400, 'bad_request'],
    ],
  ])('multipart/related with %s is refused', async (_what, contentType, body, expected) => {
    const database = await newDatabase();
    const headers = { 'content-type': contentType };
    expect(failure(await couch('PUT', `${database}/a`, body, { headers }))).toEqual(expected);
  });

  it('multipart/related is an edit like any other: a conflict, a revision, a stub', async () => {
    const database = await newDatabase();
    const put = (id: string, document: object, parts: SentPart[] = []) => {
      const { headers, body } = multipartOf(document, parts);
      return couch('PUT', `${database}/${id}`, body, { headers });
    };
    const first = await put('a', withOne(), [hello]);
    expect(first.status).toBe(201);
    expect(failure(await put('a', withOne(), [hello]))).toEqual([409, 'conflict']);
    const { rev } = first.body as { rev: string };
    expect((await put('a', { _id: 'a', _rev: rev, _attachments: { 'a.txt': { stub: true } } })).status).toBe(
      201,
    );
    expect((await couch('GET', `${database}/a/a.txt`)).body).toBe('hello');
  });

  it('an attachment of that type is an attachment like any other', async () => {
    const database = await newDatabase();
    const { headers, body } = multipartOf({ _id: 'x' });
    expect((await couch('PUT', `${database}/a/kept`, body, { headers })).status).toBe(201);
    const stored = (await couch('GET', `${database}/a`)).body;
    expect(stored).toMatchObject({ _attachments: { kept: { length: body.length } } });
  });
});
