import { createHmac, timingSafeEqual } from 'node:crypto';
import fastifyCookie from '@fastify/cookie';
import { bytesOf } from '../bytes';

const { parse, serialize } = fastifyCookie;

export const sessionCookieName = 'AuthSession';

/** What a session cookie claims, before it is verified. */
export interface SessionClaim {
  name: string;
  /** When it was issued, Unix seconds. */
  issuedAt: number;
  signature: Buffer;
}

/** What sessions are signed with. */
export interface SessionSigning {
  secret: string;
  /** How long a session lives. */
  seconds: number;
  /** HMAC algorithms, by Node.js's names: the first one signs, and all are accepted. */
  algorithms: readonly string[];
}

/** The user's salt is part of the key: a new password ends every session that the old one started. */
function signatureOf(name: string, issuedAt: number, key: string, algorithm: string): Buffer {
  return createHmac(algorithm, key)
    .update(`${name}:${issuedAt.toString(16).toUpperCase()}`)
    .digest();
}

/**
 * CouchDB's form: base64url of `name:hex seconds:signature`.
 * @param issuedAt Unix seconds
 * @param salt of the account's password
 */
export function sessionToken(name: string, issuedAt: number, signing: SessionSigning, salt: string): string {
  const head = Buffer.from(`${name}:${issuedAt.toString(16).toUpperCase()}:`);
  const [algorithm = 'sha256'] = signing.algorithms;
  const signature = signatureOf(name, issuedAt, signing.secret + salt, algorithm);
  return Buffer.concat([bytesOf(head), bytesOf(signature)]).toString('base64url');
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
    signature: bytes.subarray(second + 1),
  };
}

export function isGenuine(
  claim: SessionClaim,
  { secret, algorithms }: SessionSigning,
  salt: string,
): boolean {
  return algorithms.some((algorithm) => {
    const expected = signatureOf(claim.name, claim.issuedAt, secret + salt, algorithm);
    return (
      expected.length === claim.signature.length &&
      timingSafeEqual(bytesOf(expected), bytesOf(claim.signature))
    );
  });
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
