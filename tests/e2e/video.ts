import { chromium } from '@playwright/test';
import bwipjs from 'bwip-js/node';
import { writeFile } from 'node:fs/promises';
import { launchOptions } from '../setup/browser';

/** One code in a picture of 640 × 480; without a place it is in the middle. */
export interface PicturedCode {
  kind: 'qrcode' | 'code128';
  text: string;
  /** The middle of the code, in pixels. */
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

/** A table seen from above, for so many frames. */
export const nothing = (frames = 30): FrameContent[] => Array.from({ length: frames }, () => []);

function drawCode({ kind, text, x = width / 2, y = height / 2, size = 220, rotation = 0 }: PicturedCode) {
  const svg = bwipjs.toSVG({ bcid: kind, text, ...(kind === 'code128' && { height: 12 }) });
  const place = `left:${x}px; top:${y}px; width:${size}px; rotate:${rotation}deg`;
  return `<div class="card" style="${place}">${svg}</div>`;
}

function drawFrame(codes: FrameContent): string {
  return `<style>
      body { margin: 0; background: #8a8378; overflow: hidden }
      .card { position: absolute; translate: -50% -50%; padding: 24px; background: #fff }
      svg { display: block; width: 100%; height: auto }
    </style>${codes.map(drawCode).join('')}`;
}

/**
 * Writes what Chromium's fake camera plays, over and over (--use-file-for-fake-video-capture): a .mjpeg file
 * is JPEG pictures one after another, so a browser that makes pictures is all it takes.
 */
export async function makeVideo(path: string, frames: FrameContent[]): Promise<void> {
  const browser = await chromium.launch(launchOptions());
  try {
    const page = await browser.newPage({ viewport: { width, height } });
    const pictures = new Map<string, Uint8Array>();
    for (const frame of frames) {
      const html = drawFrame(frame);
      if (pictures.has(html)) continue;
      await page.setContent(html);
      pictures.set(html, Uint8Array.from(await page.screenshot({ type: 'jpeg', quality: 85 })));
    }
    const film = frames.map((frame) => pictures.get(drawFrame(frame)) ?? new Uint8Array());
    await writeFile(path, film);
  } finally {
    await browser.close();
  }
}
