import { BarcodeDetector, prepareZXingModule, type BarcodeFormat } from 'barcode-detector/ponyfill';
import type { Picture } from './detector';

/** What card stocks carry: our own QR codes and Code 128, and the kinds found on imported cards. */
const formats: BarcodeFormat[] = [
  'qr_code',
  'code_128',
  'code_39',
  'ean_13',
  'ean_8',
  'itf',
  'data_matrix',
  'aztec',
  'pdf417',
];
const neededFormats: BarcodeFormat[] = ['qr_code', 'code_128'];

/** The texts of all codes in one picture, which is closed. */
export type ReadCodes = (picture: Picture) => Promise<string[]>;

type Detector = Pick<BarcodeDetector, 'detect'>;

/** The platform's own reader (Android, macOS), if it knows the codes we print. */
async function platformDetector(): Promise<Detector | undefined> {
  const { BarcodeDetector: Native } = globalThis as { BarcodeDetector?: typeof BarcodeDetector };
  const supported = (await Native?.getSupportedFormats()) ?? [];
  if (!Native || !neededFormats.every((format) => supported.includes(format))) return undefined;
  return new Native({ formats: formats.filter((format) => supported.includes(format)) });
}

function wasmDetector(wasmUrl: string): Detector {
  // Served by us, so that it is there offline; without this it would come from a CDN.
  prepareZXingModule({ overrides: { locateFile: () => wasmUrl } });
  return new BarcodeDetector({ formats });
}

/** Makes a reader for whichever thread it is called in; `wasmUrl` is where the reader's wasm is served. */
export function createReader(wasmUrl: string): ReadCodes {
  let chosen: Promise<Detector> | undefined;
  const choose = async () => (await platformDetector()) ?? wasmDetector(wasmUrl);
  return async (picture) => {
    const image = await bitmapOf(picture);
    try {
      chosen ??= choose();
      const detected = await (await chosen).detect(image);
      return detected.map((code) => code.rawValue).filter((text) => text !== '');
    } finally {
      image.close();
    }
  };
}

/** Not every platform's reader knows a VideoFrame. */
async function bitmapOf(picture: Picture): Promise<ImageBitmap> {
  if (picture instanceof ImageBitmap) return picture;
  try {
    return await createImageBitmap(picture);
  } finally {
    picture.close();
  }
}
