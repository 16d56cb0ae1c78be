import { expect, it } from 'vitest';
import { codeFromSerialNumber, listenToTags } from './nfc';

it('a serial number is written as card stock lists write it', () => {
  expect(codeFromSerialNumber('04:a2:24:b2:c3:1d:80')).toBe('04A224B2C31D80');
});

it('a browser without NFC has nothing to stop', async () => {
  expect(await listenToTags(() => undefined)).toBeUndefined();
});
