import type { FastifyRequest } from 'fastify';
import type { NameAndPassword } from '../accounts/basic-credentials';
import { badRequest, forbidden } from '../couch/failure';
import { requireObject, type JsonObject } from '../couch/json';
import { bodyBytes, jsonBody } from './couch-request';

/**
 * Name and password of a `POST _session`, as JSON or as a form. One parser for both stores: failed attempts
 * must count for the same name that is signed in.
 * @throws {CouchFailure} 400 if it can't be read, 403 for a form of another site, 415
 */
export function signInFrom(request: FastifyRequest): NameAndPassword {
  const fields = isForm(request) ? formFields(request) : requireObject(jsonBody(request));
  const { name, username = name, password } = fields;
  if (typeof username !== 'string') throw badRequest('request body must contain a username');
  if (name !== undefined && name !== username) throw badRequest('`name` and `username` are not the same');
  if (typeof password !== 'string') throw badRequest('request body must contain a password');
  return { name: username, password };
}

const isForm = ({ headers }: FastifyRequest) =>
  /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');

function formFields(request: FastifyRequest): JsonObject {
  requireSameOrigin(request);
  const form = new URLSearchParams(utf8Text(bodyBytes(request)));
  for (const field of ['name', 'username', 'password']) {
    if (form.getAll(field).length > 1) throw badRequest(`\`${field}\` is given twice`);
  }
  return Object.fromEntries(form);
}

function utf8Text(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw badRequest('The form is not UTF-8.');
  }
}

/** Every browser says where a POST comes from; a client that doesn't is not a browser. */
export const isFromBrowser = ({ headers }: FastifyRequest): boolean =>
  headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;

/**
 * A page of another site can send a form, and would sign somebody in as somebody else.
 * @throws {CouchFailure} 403
 */
function requireSameOrigin(request: FastifyRequest): void {
  const { origin, 'sec-fetch-site': site } = request.headers;
  const isOwn =
    site === undefined ? origin === `${request.protocol}://${request.host}` : site === 'same-origin';
  if (isFromBrowser(request) && !isOwn) throw forbidden('A form may sign in from this origin only.');
}
