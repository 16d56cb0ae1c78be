import { createReader } from './barcode-reader';
import type { DetectorReply } from './detector';

const readCodes = createReader();

async function reply(image: ImageBitmap): Promise<DetectorReply> {
  try {
    return { codes: await readCodes(image) };
  } catch (error) {
    return { failure: String(error) };
  } finally {
    image.close();
  }
}

addEventListener('message', async ({ data }: MessageEvent<ImageBitmap>) => {
  postMessage(await reply(data));
});
