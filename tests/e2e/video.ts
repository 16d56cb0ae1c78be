import type { Browser } from '@playwright/test';
import bwipjs from 'bwip-js/node';
import { writeFile } from 'node:fs/promises';

/** One code in a picture of 640 × 480; in the centre unless placed elsewhere. */
export interface PicturedCode {
  /** bwip-js's name for it. */
  kind: 'qrcode' | 'code128' | 'code93' | 'rationalizedCodabar' | 'upca' | 'upce';
  text: string;
  /** The centre of the code, in pixels. */
  x?: number;
  y?: number;
  /** Width in pixels. */
  size?: number;
  /** Clockwise, in degrees. */
  rotation?: number;
}

/** What the camera sees in one frame: no code, one, or several. */
export type FrameContent = PicturedCode[];

const width = 640;
const height = 480;

/** A code in a hand: `frames` frames (about 30 a second) in which it moves by a pixel or two. */
export function held(codes: FrameContent, frames = 30): FrameContent[] {
  return Array.from({ length: frames }, (_, frame) =>
    codes.map((code) => ({
      ...code,
      x: (code.x ?? width / 2) + 2 * Math.sin(frame / 3),
      y: (code.y ?? height / 2) + 2 * Math.cos(frame / 5),
      rotation: (code.rotation ?? 0) + Math.sin(frame / 7),
    })),
  );
}

/** A table seen from above, for this many frames. */
export const nothing = (frames = 30): FrameContent[] => Array.from({ length: frames }, () => []);

/** A code on a white card, as the address of a picture. */
function drawCode({ kind, text }: PicturedCode): string {
  const lines = kind === 'qrcode' ? {} : { height: 12 };
  // A Code 93 without its check characters is invalid.
  const check = kind === 'code93' ? { includecheck: true } : {};
  const svg = bwipjs.toSVG({ bcid: kind, text, scale: 4, ...lines, ...check });
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

interface Film {
  frames: { picture: string; x: number; y: number; size: number; rotation: number }[][];
  width: number;
  height: number;
}

/** Runs in a page: each frame as a JPEG picture in base64. */
async function drawFrames({ frames, width, height }: Film): Promise<string[]> {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('This browser does not draw.');
  const pictures = new Map<string, HTMLImageElement>();
  for (const { picture } of frames.flat()) {
    if (pictures.has(picture)) continue;
    const image = Object.assign(new Image(), { src: picture });
    await image.decode();
    pictures.set(picture, image);
  }
  return frames.map((codes) => {
    pen.fillStyle = '#8a8378';
    pen.fillRect(0, 0, width, height);
    for (const { picture, x, y, size, rotation } of codes) {
      const image = pictures.get(picture);
      if (!image) continue;
      const tall = (size * image.naturalHeight) / image.naturalWidth;
      pen.save();
      pen.translate(x, y);
      pen.rotate((rotation * Math.PI) / 180);
      pen.fillStyle = '#fff';
      pen.fillRect(-size / 2 - 24, -tall / 2 - 24, size + 48, tall + 48);
      pen.drawImage(image, -size / 2, -tall / 2, size, tall);
      pen.restore();
    }
    return canvas.toDataURL('image/jpeg', 0.85).split(',')[1] ?? '';
  });
}

/**
 * Writes what Chromium's fake camera plays in a loop (--use-file-for-fake-video-capture): a .mjpeg file is
 * JPEG pictures one after another, so a browser that can make pictures is all it takes.
 */
export async function makeVideo(browser: Browser, path: string, frames: FrameContent[]): Promise<void> {
  const page = await browser.newPage();
  const drawn = frames.map((codes) =>
    codes.map((code) => ({
      picture: drawCode(code),
      x: code.x ?? width / 2,
      y: code.y ?? height / 2,
      size: code.size ?? 220,
      rotation: code.rotation ?? 0,
    })),
  );
  const pictures = await page.evaluate(drawFrames, { frames: drawn, width, height });
  await page.close();
  await writeFile(
    path,
    pictures.map((picture) => Uint8Array.from(Buffer.from(picture, 'base64'))),
  );
}
