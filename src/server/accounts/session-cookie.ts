import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import fastifyCookie from '@fastify/cookie';
import { bytesOf } from '../bytes';

const { parse, serialize } = fastifyCookie;

export const sessionCookieName = 'AuthSession';

/** What a session cookie claims, before it is verified. */
export interface SessionClaim {
  name: string;
  /** When it was issued, Unix seconds. */
  issuedAt: number;
  /** The session's id, if it has one, and the signature. */
  rest: Buffer;
}

/** What sessions are signed with. */
export interface SessionSigning {
  secret: string;
  /** How long a session lives. */
  seconds: number;
  /** HMAC algorithms, by Node.js's names: the first one signs, and all are accepted. */
  algorithms: readonly string[];
}

/** Bytes of a session's id. */
const idLength = 16;

export const newSessionId = (): string => randomBytes(idLength).toString('hex');

interface Signed {
  name: string;
  /** Unix seconds. */
  issuedAt: number;
  /** Hexadecimal. */
  id?: string | undefined;
}

/** The user's salt is part of the key: a new password ends every session that the old one started. */
function signatureOf({ name, issuedAt, id }: Signed, key: string, algorithm: string): Buffer {
  const text = `${name}:${issuedAt.toString(16).toUpperCase()}`;
  return createHmac(algorithm, key)
    .update(id === undefined ? text : `${text}:${id}`)
    .digest();
}

/**
 * CouchDB's form: base64url of `name:hex seconds:signature`. With an id, by which a person knows it and ends
 * it, 16 bytes stand before the signature: such a session is for Tiski's server alone.
 * @param salt of the account's password
 */
export function sessionToken(signed: Signed, signing: SessionSigning, salt: string): string {
  const head = Buffer.from(`${signed.name}:${signed.issuedAt.toString(16).toUpperCase()}:`);
  const [algorithm = 'sha256'] = signing.algorithms;
  const signature = signatureOf(signed, signing.secret + salt, algorithm);
  const id = Buffer.from(signed.id ?? '', 'hex');
  return Buffer.concat([head, id, signature].map(bytesOf)).toString('base64url');
}

/** The session's token in a `Cookie` header; undefined without one. */
export function sessionTokenIn(cookieHeader: string | undefined): string | undefined {
  const token = cookieHeader === undefined ? undefined : parse(cookieHeader)[sessionCookieName];
  return token === undefined || !/^[\w-]+$/.test(token) ? undefined : token;
}

/** Reads a `Cookie` header; undefined without a well-formed session. */
export function sessionClaim(cookieHeader: string | undefined): SessionClaim | undefined {
  const token = sessionTokenIn(cookieHeader);
  if (token === undefined) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  const first = bytes.indexOf(':');
  const second = bytes.indexOf(':', first + 1);
  if (first < 1 || second < 0) return undefined;
  const hex = bytes.toString('utf8', first + 1, second);
  if (!/^[0-9A-F]{1,12}$/.test(hex)) return undefined;
  return {
    name: bytes.toString('utf8', 0, first),
    issuedAt: parseInt(hex, 16),
    rest: bytes.subarray(second + 1),
  };
}

/** What a session says if its signature is right; undefined if it was made up. */
export function genuineSession(
  { name, issuedAt, rest }: SessionClaim,
  { secret, algorithms }: SessionSigning,
  salt: string,
): Signed | undefined {
  const id = rest.subarray(0, idLength).toString('hex');
  const candidates = [
    { signed: { name, issuedAt }, signature: rest },
    { signed: { name, issuedAt, id }, signature: rest.subarray(idLength) },
  ];
  return candidates.find(({ signed, signature }) =>
    algorithms.some((algorithm) => {
      const expected = signatureOf(signed, secret + salt, algorithm);
      return expected.length === signature.length && timingSafeEqual(bytesOf(expected), bytesOf(signature));
    }),
  )?.signed;
}

export interface CookieSettings {
  /** The request came over TLS. */
  secure: boolean;
  /** Seconds; 0 deletes the cookie. */
  maxAge: number;
}

/**
 * The `Set-Cookie` header of a session. Its expiry is also given as a date, as CouchDB does: nano only reads
 * that.
 */
export function sessionCookie(token: string, { secure, maxAge }: CookieSettings, now = Date.now()): string {
  return serialize(sessionCookieName, token, {
    httpOnly: true,
    sameSite: 'strict',
    path: '/',
    secure,
    maxAge,
    expires: new Date(now + maxAge * 1000),
  });
}
