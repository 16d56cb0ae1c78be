export interface NameAndPassword {
  name: string;
  password: string;
}

export type BasicCredentials =
  { kind: 'none' } | { kind: 'malformed'; reason: string } | ({ kind: 'basic' } & NameAndPassword);

/** Reads an `Authorization` header. Schemes other than Basic count as absent, as in CouchDB. */
export function basicCredentials(authorization: string | undefined): BasicCredentials {
  const [, encoded] = /^basic +(.*)$/i.exec(authorization ?? '') ?? [];
  if (encoded === undefined) return { kind: 'none' };
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded) || encoded.replace(/=+$/, '').length % 4 === 1) {
    return { kind: 'malformed', reason: 'Authorization header has invalid base64 value' };
  }
  const [name, password] = Buffer.from(encoded, 'base64').toString('utf8').split(/:(.*)/s);
  if (name === undefined || name === '' || password === undefined) {
    return { kind: 'malformed', reason: 'Authorization header has no name and password' };
  }
  return { kind: 'basic', name, password };
}

/** The `Authorization` header that basicCredentials reads. */
export const basicAuthorization = (name: string, password: string) =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
