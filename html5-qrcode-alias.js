import { fileURLToPath } from 'node:url';

/**
 * For every build with html5-qrcode: its own decoder is left out, see src/lib/scanner/no-decoder.ts.
 * @type {import('vite').Alias}
 */
export const html5QrcodeAlias = {
  find: './zxing-html5-qrcode-decoder',
  replacement: fileURLToPath(new URL('src/lib/scanner/no-decoder.ts', import.meta.url)),
};
