import { Script, createContext, type Context } from 'node:vm';
import { CouchFailure } from './failure';
import type { Database, Security } from './database';
import type { UserContext } from './exchange';
import type { IncomingDocument } from './document-shape';
import { isJsonObject } from './json';

const timeLimitMs = 1000;

/** Strings go in and a string comes out, so that no object of ours is ever within the function's reach. */
const runner = (source: string) => `
  (function () {
    var validate = (${source}
    );
    return function (input) {
      var values = JSON.parse(input);
      try {
        validate(values[0], values[1], values[2], values[3]);
        return '';
      } catch (thrown) {
        if (thrown && typeof thrown.forbidden === 'string') {
          return JSON.stringify({ status: 403, error: 'forbidden', reason: thrown.forbidden });
        }
        if (thrown && typeof thrown.unauthorized === 'string') {
          return JSON.stringify({ status: 401, error: 'unauthorized', reason: thrown.unauthorized });
        }
        return JSON.stringify({ status: 500, error: 'unknown_error', reason: String(thrown) });
      }
    };
  })()`;

const run = new Script('validate(input)', { filename: 'validate_doc_update' });

/** A compiled validate_doc_update. Answers with the refusal, or undefined when the write may go on. */
export type DocumentValidator = (input: string) => CouchFailure | undefined;

/** @throws {CouchFailure} 400 when `source` isn't a function */
export function compileValidator(source: string): DocumentValidator {
  const context = createContext(Object.create(null) as Context, {
    codeGeneration: { strings: false, wasm: false },
    microtaskMode: 'afterEvaluate',
  });
  const trimmed = source.trim().replace(/;$/, '');
  try {
    context['validate'] = new Script(runner(trimmed)).runInContext(context, { timeout: timeLimitMs });
  } catch (error) {
    throw new CouchFailure(400, 'compilation_error', `validate_doc_update: ${String(error)}`);
  }
  return (input) => {
    context['input'] = input;
    let answer: unknown;
    try {
      answer = run.runInContext(context, { timeout: timeLimitMs });
    } catch {
      return new CouchFailure(500, 'timeout', 'validate_doc_update did not come to an end.');
    }
    if (answer === '') return undefined;
    return refusalFrom(answer);
  };
}

function refusalFrom(answer: unknown): CouchFailure {
  const refusal: unknown = typeof answer === 'string' ? JSON.parse(answer) : undefined;
  if (!isJsonObject(refusal)) return new CouchFailure(500, 'unknown_error', 'validate_doc_update is broken.');
  return new CouchFailure(Number(refusal['status']), String(refusal['error']), String(refusal['reason']));
}

/** The validators of all design documents that have one; compiled once and again after a change. */
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

/**
 * Asks every validation function of the database, as CouchDB does.
 * @param previous the stored document this one follows; undefined for a new one
 * @returns the refusal; undefined when the write may go on
 */
export async function validateDocument(
  database: Database,
  document: IncomingDocument,
  previous: IncomingDocument | undefined,
  user: UserContext,
): Promise<CouchFailure | undefined> {
  const validators = await validatorsOf(database);
  if (validators.length === 0) return undefined;
  const userContext = { db: database.name, name: user.name, roles: user.roles };
  const security: Security = database.security;
  const input = JSON.stringify([document, previous ?? null, userContext, security]);
  for (const validate of validators) {
    const refusal = validate(input);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** @throws {CouchFailure} 400 when a design document's validation function can't be used */
export function checkDesignDocument(document: IncomingDocument): void {
  const { validate_doc_update: source } = document;
  if (source === undefined || document._deleted === true) return;
  if (typeof source !== 'string') {
    throw new CouchFailure(400, 'invalid_design_doc', '`validate_doc_update` field must have string type');
  }
  compileValidator(source);
}
