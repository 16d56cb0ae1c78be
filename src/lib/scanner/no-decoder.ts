/**
 * Replaces html5-qrcode's own decoder in the build (html5-qrcode-alias.js): ours reads instead, and every
 * desk would download the 290 kB of ZXing in JavaScript and never use it.
 */
export class ZXingHtml5QrcodeDecoder {
  /** As for a picture without a code. */
  decodeAsync(): Promise<never> {
    return Promise.reject(new Error('Codes are read by detector.ts.'));
  }
}
