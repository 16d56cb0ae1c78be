import { marksIn, type DeviceCookies, type MarkedAccount } from '../accounts/device-cookie';
import { documentPath, type CouchClient } from '../couch/client';
import { isJsonObject } from '../couch/json';
import { usersDatabase } from '../couch/route';
import { userDocumentId } from '../couch/users-access';

/** Device cookies in front of a CouchDB: what they are bound to is in its `_users`. */
export class ProxyDevices {
  constructor(
    private readonly client: CouchClient,
    private readonly cookies: DeviceCookies,
  ) {}

  /** The id of the device on which `name` has signed in; undefined without a genuine mark of it. */
  async deviceOf(cookieHeader: string | undefined, name: string): Promise<string | undefined> {
    if (marksIn(cookieHeader).length === 0) return undefined;
    const account = await this.#account(name);
    return account && this.cookies.deviceOf(cookieHeader, account);
  }

  /**
   * The cookie's value after a sign-in; undefined for CouchDB's own administrators, who are not in `_users`.
   */
  async valueAfter(cookieHeader: string | undefined, name: string): Promise<string | undefined> {
    const account = await this.#account(name);
    return account && this.cookies.valueAfter(cookieHeader, account);
  }

  async #account(name: string): Promise<MarkedAccount | undefined> {
    const { body } = await this.client.request('GET', documentPath(usersDatabase, userDocumentId(name)));
    const salt = isJsonObject(body) ? body['salt'] : undefined;
    return typeof salt === 'string' ? { name, salt } : undefined;
  }
}

/**
 * The address by which CouchDB counts a known device's failed sign-ins: from RFC 4193's range, which nobody
 * has.
 * @param device its id, hexadecimal
 */
export const addressOfDevice = (device: string): string => {
  const digits = `fd${device}`.slice(0, 16);
  return `${digits.match(/.{4}/g)?.join(':') ?? ''}::1`;
};
