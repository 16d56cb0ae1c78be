import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import fastifyCookie from '@fastify/cookie';
import { bytesOf } from '../bytes';

const { parse, serialize } = fastifyCookie;

export const deviceCookieName = 'TiskiDevice';

/** How many people may share a browser; whoever signed in there before the last five is no longer known. */
const mostMarks = 5;

/** Every sign-in renews it. */
const lifeSeconds = 180 * 24 * 3600;

const idLength = 16;
const headLength = idLength + 4;
const markForm = /^[\w-]{70}$/;

/** What a mark is bound to: another name or a new password makes it worthless. */
export interface MarkedAccount {
  name: string;
  /** The salt of its password's hash. */
  salt: string;
}

/**
 * Distinguishes a browser in which a name has signed in before from others at the same address (OWASP's
 * device cookies, https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies). It
 * holds a mark for each name: 16 random bytes, the time (Unix seconds, four bytes), and an HMAC over both and
 * the name, which can't be read from it.
 */
export class DeviceCookies {
  /**
   * @param secret shared by servers that should know each other's devices
   * @param now the clock, ms
   */
  constructor(
    private readonly secret: string,
    private readonly now: () => number,
  ) {}

  /** The id of the device on which the account has signed in; undefined without a genuine mark of it. */
  deviceOf(cookieHeader: string | undefined, account: MarkedAccount): string | undefined {
    const mark = marksIn(cookieHeader).find((each) => this.#isGenuine(each, account));
    return mark?.subarray(0, idLength).toString('hex');
  }

  /** The cookie's value after a sign-in: a new mark, and those of others who use the browser. */
  valueAfter(cookieHeader: string | undefined, account: MarkedAccount): string {
    const others = marksIn(cookieHeader).filter((each) => !this.#isGenuine(each, account));
    const marks = [this.#newMark(account), ...others].slice(0, mostMarks);
    return marks.map((mark) => mark.toString('base64url')).join('.');
  }

  #newMark(account: MarkedAccount): Buffer {
    const head = Buffer.alloc(headLength);
    randomBytes(idLength).copy(bytesOf(head));
    head.writeUInt32BE(this.#seconds(), idLength);
    return Buffer.concat([bytesOf(head), bytesOf(this.#signatureOf(head, account))]);
  }

  #isGenuine(mark: Buffer, account: MarkedAccount): boolean {
    const head = mark.subarray(0, headLength);
    const age = this.#seconds() - head.readUInt32BE(idLength);
    const signature = this.#signatureOf(head, account);
    return age < lifeSeconds && timingSafeEqual(bytesOf(mark.subarray(headLength)), bytesOf(signature));
  }

  /** With its own key: the secret signs sessions too. */
  #signatureOf(head: Buffer, { name, salt }: MarkedAccount): Buffer {
    const key = hkdfSync('sha256', this.secret, salt, deviceCookieName, 32);
    return createHmac('sha256', new Uint8Array(key)).update(bytesOf(head)).update(name).digest();
  }

  #seconds(): number {
    return Math.floor(this.now() / 1000);
  }
}

/** What looks like marks in a `Cookie` header; empty if there are none. */
export function marksIn(cookieHeader: string | undefined): Buffer[] {
  const value = cookieHeader === undefined ? undefined : parse(cookieHeader)[deviceCookieName];
  const marks = (value ?? '').split('.', mostMarks).filter((each) => markForm.test(each));
  return marks.map((each) => Buffer.from(each, 'base64url'));
}

/**
 * The `Set-Cookie` header.
 * @param secure the request came over TLS
 * @param path where people sign in, and nowhere else
 */
export const deviceCookie = (value: string, secure: boolean, path: string): string =>
  serialize(deviceCookieName, value, {
    httpOnly: true,
    sameSite: 'strict',
    path,
    secure,
    maxAge: lifeSeconds,
  });
