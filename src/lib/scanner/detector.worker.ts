import { createReader, type ReadCodes } from './barcode-reader';
import type { DetectorReply, DetectorRequest } from './detector';

let readCodes: ReadCodes | undefined;

async function answer({ picture, wanted, wasmUrl }: DetectorRequest): Promise<DetectorReply> {
  try {
    readCodes ??= createReader(wasmUrl);
    return { codes: await readCodes(picture, wanted) };
  } catch (error) {
    return { failure: String(error) };
  }
}

addEventListener('message', async ({ data }: MessageEvent<DetectorRequest>) => {
  postMessage(await answer(data));
});
