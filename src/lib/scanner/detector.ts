import { createReader } from './barcode-reader';

export type DetectorReply = { codes: string[] } | { failure: string };

export interface Detector {
  /** Reads one image and closes it. One at a time; rejects when reading doesn't work at all. */
  read(image: ImageBitmap): Promise<string[]>;
  close(): void;
}

/** Reads in a worker, so that the page stays smooth; on the page itself where there can be none. */
export function openDetector(): Detector {
  const canWork = typeof Worker !== 'undefined' && typeof OffscreenCanvas !== 'undefined';
  return canWork ? workerDetector() : pageDetector();
}

function workerDetector(): Detector {
  const worker = new Worker(new URL('./detector.worker.ts', import.meta.url), { type: 'module' });
  return {
    read(image) {
      return new Promise((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<DetectorReply>) => {
          if ('codes' in data) resolve(data.codes);
          else reject(new Error(data.failure));
        };
        worker.onerror = (event) => reject(new Error(event.message));
        worker.postMessage(image, [image]);
      });
    },
    close: () => worker.terminate(),
  };
}

function pageDetector(): Detector {
  const readCodes = createReader();
  return {
    read: (image) => readCodes(image).finally(() => image.close()),
    close: () => undefined,
  };
}
