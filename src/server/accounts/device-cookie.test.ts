import { expect, it } from 'vitest';
import { deviceCookie, deviceCookieName, DeviceCookies } from './device-cookie';

const day = 24 * 3600 * 1000;
let now = Date.parse('2026-11-22T08:00:00Z');
const cookies = new DeviceCookies('secret', () => now);
const liisa = { name: 'liisa', salt: 'salt-of-liisa' };
const header = (value: string) => `other=1; ${deviceCookieName}=${value}`;

it('a device is known for the name that signed in there, at every server with the secret', () => {
  const shown = header(cookies.valueAfter(undefined, liisa));
  const device = cookies.deviceOf(shown, liisa);
  expect(device).toMatch(/^[0-9a-f]{32}$/);
  expect(new DeviceCookies('secret', () => now).deviceOf(shown, liisa)).toBe(device);
  expect(cookies.deviceOf(undefined, liisa)).toBeUndefined();
  expect(cookies.deviceOf('AuthSession=x', liisa)).toBeUndefined();
  const other = header(cookies.valueAfter(undefined, liisa));
  expect(cookies.deviceOf(other, liisa)).not.toBe(device);
});

it('another name, a new password or another secret makes a mark worthless', () => {
  const shown = header(cookies.valueAfter(undefined, liisa));
  expect(cookies.deviceOf(shown, { ...liisa, name: 'matti' })).toBeUndefined();
  expect(cookies.deviceOf(shown, { ...liisa, salt: 'another' })).toBeUndefined();
  expect(new DeviceCookies('other', () => now).deviceOf(shown, liisa)).toBeUndefined();
});

it('a mark with any byte changed is worthless', () => {
  const bytes = Buffer.from(cookies.valueAfter(undefined, liisa), 'base64url');
  for (let index = 0; index < bytes.length; index += 1) {
    const forged = Buffer.from(bytes.toString('base64url'), 'base64url');
    forged[index] = (forged[index] ?? 0) ^ 1;
    expect(cookies.deviceOf(header(forged.toString('base64url')), liisa)).toBeUndefined();
  }
  const cut = bytes.subarray(0, 51).toString('base64url');
  for (const value of ['', '.', cut, 'x'.repeat(70), '%%%', 'x'.repeat(10_000)]) {
    expect(cookies.deviceOf(header(value), liisa)).toBeUndefined();
  }
});

it('a mark is good for half a year, and every sign-in renews it', () => {
  const first = cookies.valueAfter(undefined, liisa);
  now += 179 * day;
  const next = cookies.valueAfter(header(first), liisa);
  expect(cookies.deviceOf(header(first), liisa)).toBeDefined();
  now += day;
  expect(cookies.deviceOf(header(first), liisa)).toBeUndefined();
  expect(cookies.deviceOf(header(next), liisa)).toBeDefined();
});

it('five people share a browser, each known there; signing in again takes no second place', () => {
  const people = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ name, salt: `salt of ${name}` }));
  const [first, ...others] = people;
  let value = '';
  for (const each of [...people, ...others]) value = cookies.valueAfter(header(value), each);
  expect(value.split('.')).toHaveLength(5);
  for (const each of others) expect(cookies.deviceOf(header(value), each)).toBeDefined();
  expect(first && cookies.deviceOf(header(value), first)).toBeUndefined();
});

it('it names nobody, and is sent to no script, no other site and no other path', () => {
  const value = cookies.valueAfter(undefined, liisa);
  expect(Buffer.from(value, 'base64url').toString('latin1')).not.toContain('liisa');
  const plain = deviceCookie(value, false, '/couch/_session');
  expect(plain).toBe(
    `TiskiDevice=${value}; Max-Age=15552000; Path=/couch/_session; HttpOnly; SameSite=Strict`,
  );
  expect(deviceCookie(value, true, '/')).toContain('; Secure');
});
