import { Script, createContext, type Context } from 'node:vm';
import { busy, CouchFailure } from './failure';
import { breathe } from './pieces';
import type { Database } from './database';
import type { UserContext } from './exchange';
import type { IncomingDocument } from './document-shape';
import { isJsonObject } from './json';

/** As CouchDB's os_process_timeout: a function that takes longer is not ours, or the machine is busy. */
const timeLimitMs = 5000;

/**
 * How many documents share one time limit, which costs more than a validation; nothing else runs meanwhile.
 */
const chunkSize = 100;
/** Characters in such a chunk; a larger document goes by itself. */
const chunkLength = 256 * 1024;

/** Only text goes in and out, so that no object of ours is ever within the function's reach. */
const runner = (source: string) => `
  (function () {
    var validate = (${source}
    );
    function refusal(values) {
      try {
        validate(values[0], values[1], values[2], values[3]);
        return null;
      } catch (thrown) {
        if (thrown && typeof thrown.forbidden === 'string') {
          return { status: 403, error: 'forbidden', reason: thrown.forbidden };
        }
        if (thrown && typeof thrown.unauthorized === 'string') {
          return { status: 401, error: 'unauthorized', reason: thrown.unauthorized };
        }
        return { status: 500, error: 'unknown_error', reason: String(thrown) };
      }
    }
    return function (input) {
      return JSON.stringify(JSON.parse(input).map(refusal));
    };
  })()`;

const run = new Script('validateAll(input)', { filename: 'validate_doc_update' });

/**
 * A compiled validate_doc_update: takes JSON texts of `[newDoc, oldDoc, userCtx, secObj]`, and answers each
 * with its refusal, or undefined if the write may go on.
 * @throws {CouchFailure} 503 if that takes too long
 */
export type DocumentValidator = (inputs: readonly string[]) => Promise<(CouchFailure | undefined)[]>;

/** @throws {CouchFailure} 400 if `source` isn't a function */
export function compileValidator(source: string): DocumentValidator {
  const context = createContext(Object.create(null) as Context, {
    codeGeneration: { strings: false, wasm: false },
    microtaskMode: 'afterEvaluate',
  });
  const trimmed = source.trim().replace(/;$/, '');
  try {
    context['validateAll'] = new Script(runner(trimmed)).runInContext(context, { timeout: timeLimitMs });
  } catch (error) {
    throw new CouchFailure(400, 'compilation_error', `validate_doc_update: ${String(error)}`);
  }
  return async (inputs) => {
    const refusals: (CouchFailure | undefined)[] = [];
    for (const chunk of chunksOf(inputs)) {
      if (refusals.length > 0) await breathe();
      refusals.push(...refusalsOf(context, chunk));
    }
    return refusals;
  };
}

function* chunksOf(inputs: readonly string[]): Generator<string[]> {
  let chunk: string[] = [];
  let length = 0;
  for (const input of inputs) {
    if (chunk.length === chunkSize || (chunk.length > 0 && length + input.length > chunkLength)) {
      yield chunk;
      chunk = [];
      length = 0;
    }
    chunk.push(input);
    length += input.length;
  }
  if (chunk.length > 0) yield chunk;
}

function refusalsOf(context: Context, inputs: readonly string[]): (CouchFailure | undefined)[] {
  context['input'] = `[${inputs.join(',')}]`;
  let answers: unknown;
  try {
    const text: unknown = run.runInContext(context, { timeout: timeLimitMs });
    answers = typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    // This says nothing about the documents: a desk must not take them for refused (S4).
    throw busy('validate_doc_update did not come to an end.');
  }
  return inputs.map((_input, index) => (Array.isArray(answers) ? refusalFrom(answers[index]) : broken()));
}

const broken = () => new CouchFailure(500, 'unknown_error', 'validate_doc_update is broken.');

function refusalFrom(answer: unknown): CouchFailure | undefined {
  if (answer === null) return undefined;
  if (!isJsonObject(answer)) return broken();
  return new CouchFailure(Number(answer['status']), String(answer['error']), String(answer['reason']));
}

/** The validators of all design documents that have one; compiled once, and again after a change. */
async function validatorsOf(database: Database): Promise<DocumentValidator[]> {
  if (database.validators === undefined) {
    const { rows } = await database.pouch.allDocs<{ validate_doc_update?: unknown }>({
      include_docs: true,
      startkey: '_design/',
      endkey: '_design0',
    });
    database.validators = rows.flatMap(({ doc }) =>
      typeof doc?.validate_doc_update === 'string' ? [compileValidator(doc.validate_doc_update)] : [],
    );
  }
  return database.validators;
}

/** A document to be stored, and the stored one it follows; undefined for a new one. */
export interface Succession {
  document: IncomingDocument;
  previous?: IncomingDocument;
  /** Counts as the one it follows if it follows none: see Precedent. */
  rival?: IncomingDocument;
}

/**
 * Asks every validation function of the database, as CouchDB does, except about design documents.
 * @returns a refusal for each; undefined if the write may go on
 * @throws {CouchFailure} 503 if a function takes too long: then none of the documents is judged
 */
export async function validateDocuments(
  database: Database,
  successions: readonly Succession[],
  user: UserContext,
): Promise<(CouchFailure | undefined)[]> {
  const validators = await validatorsOf(database);
  const refusals = new Array<CouchFailure | undefined>(successions.length).fill(undefined);
  const asked = successions.flatMap(({ document }, index) => (isDesign(document) ? [] : [index]));
  if (validators.length === 0 || asked.length === 0) return refusals;
  const shared = JSON.stringify([
    { db: database.name, name: user.name, roles: user.roles },
    database.security,
  ]);
  const inputs = asked.map((index) => {
    const { document, rival, previous = rival ?? null } = successions[index] as Succession;
    return `[${JSON.stringify(withStubs(document))},${JSON.stringify(previous)},${shared.slice(1)}`;
  });
  for (const validate of validators) {
    (await validate(inputs)).forEach((refusal, position) => {
      refusals[asked[position] as number] ??= refusal;
    });
  }
  return refusals;
}

/** What CouchDB shows to a function: attachments' metadata, but not their bytes. */
function withStubs(document: IncomingDocument): object {
  if (document._attachments === undefined) return document;
  const attachments = Object.entries(document._attachments).map(([name, attachment]) => {
    if ('stub' in attachment) return [name, attachment] as const;
    const { data, content_type } = attachment;
    return [name, { stub: true, content_type, length: Buffer.byteLength(data, 'base64') }] as const;
  });
  return { ...document, _attachments: Object.fromEntries(attachments) };
}

export const isDesign = ({ _id: id }: IncomingDocument) => id.startsWith('_design/');

/** @throws {CouchFailure} 400 if a design document's validation function can't be used */
export function checkDesignDocument(document: IncomingDocument): void {
  const { validate_doc_update: source } = document;
  if (source === undefined || document._deleted === true) return;
  if (typeof source !== 'string') {
    throw new CouchFailure(400, 'invalid_design_doc', '`validate_doc_update` field must have string type');
  }
  compileValidator(source);
}
