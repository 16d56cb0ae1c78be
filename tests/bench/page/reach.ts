import { symbologiesToRead } from '$lib/domain/code/symbologies';
import { openDetector, type Detector } from '$lib/scanner/detector';
import { codePath } from '$lib/ui/code-path';

/** What the camera makes of a printed code. */
export interface Seen {
  /** Standard deviation of the blur, in pixels of the picture. */
  blur: number;
  /** Standard deviation of the noise, of 255 levels. */
  noise: number;
}

export interface Film extends Seen {
  /** Codes of one form, of several cards: frames show them in turn. */
  texts: readonly string[];
  frames: number;
  /** Neighbouring sizes differ by this share. */
  step: number;
}

/** The picture that the app asks its cameras for. */
const picture = { width: 1280, height: 720 };
/** A code is wider than this only if it is held to the lens, and nothing is read that is narrower, px. */
const [widest, narrowest] = [320, 32];
/** Card and ink under a lamp, and the table, as levels of grey. */
const [paper, ink, table] = [222, 38, 120];

/**
 * How small the codes may be in the picture, quiet zone included, px: the smallest size at which the app's
 * reader reads at least half of the frames, found by halving. Undefined if it reads none of the widest.
 */
export async function smallestRead(film: Film): Promise<number | undefined> {
  const detector = openDetector();
  const widthOf = (place: number) => widest * (1 - film.step) ** place;
  const isRead = async (place: number) =>
    (await framesRead(detector, film, widthOf(place))) >= film.frames / 2;
  try {
    let read = 0;
    let unread = Math.ceil(Math.log(narrowest / widest) / Math.log(1 - film.step));
    if (!(await isRead(read))) return undefined;
    while (unread - read > 1) {
      const middle = (read + unread) >> 1;
      if (await isRead(middle)) read = middle;
      else unread = middle;
    }
    return widthOf(read);
  } finally {
    detector.close();
  }
}

async function framesRead(detector: Detector, film: Film, width: number): Promise<number> {
  let read = 0;
  for (let frame = 0; frame < film.frames; frame += 1) {
    const text = film.texts[frame % film.texts.length] ?? '';
    const shown = drawFrame(text, width, frame, film);
    const codes = await detector.read(await createImageBitmap(shown), symbologiesToRead(undefined));
    if (codes.some((code) => code.text === text)) read += 1;
  }
  return read;
}

/** A card in a hand: it lies a little differently on the pixels in each frame. */
function drawFrame(text: string, width: number, frame: number, { blur, noise }: Seen): OffscreenCanvas {
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  const code = codePath('qr', text);
  if (!pen || !code) throw new Error('Nothing can be drawn here.');
  pen.fillStyle = grey(table);
  pen.fillRect(0, 0, picture.width, picture.height);
  pen.filter = blur === 0 ? 'none' : `blur(${blur}px)`;
  pen.translate(picture.width / 2 + 3 * Math.sin(frame / 3), picture.height / 2 + 3 * Math.cos(frame / 5));
  pen.rotate((3 * Math.sin(frame / 2) * Math.PI) / 180);
  pen.drawImage(printedCode(code, width), -width / 2, -width / 2, width, width);
  pen.setTransform(1, 0, 0, 1, 0, 0);
  if (noise > 0) addNoise(pen, noise, frame + 1);
  return canvas;
}

/** Large enough that each pixel of the picture is a mean of several. */
function printedCode(
  { width, height, path }: { width: number; height: number; path: string },
  shown: number,
) {
  const scale = Math.ceil((4 * shown) / width);
  const canvas = new OffscreenCanvas(width * scale, height * scale);
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('Nothing can be drawn here.');
  pen.fillStyle = grey(paper);
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.scale(scale, scale);
  pen.fillStyle = grey(ink);
  pen.fill(new Path2D(path), 'evenodd');
  return halved(canvas, shown);
}

/** By halves: a browser that scales by more at once skips pixels. */
function halved(from: OffscreenCanvas, width: number): OffscreenCanvas {
  if (from.width < 2 * width) return from;
  const half = new OffscreenCanvas(Math.ceil(from.width / 2), Math.ceil(from.height / 2));
  half.getContext('2d')?.drawImage(from, 0, 0, half.width, half.height);
  return halved(half, width);
}

/** The same noise in every run: from a small generator (mulberry32), near to normal by a sum of four. */
function addNoise(pen: OffscreenCanvasRenderingContext2D, deviation: number, seed: number): void {
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const image = pen.getImageData(0, 0, picture.width, picture.height);
  const { data } = image;
  for (let place = 0; place < data.length; place += 4) {
    const change = deviation * Math.sqrt(3) * (random() + random() + random() + random() - 2);
    for (let channel = place; channel < place + 3; channel += 1)
      data[channel] = (data[channel] ?? 0) + change;
  }
  pen.putImageData(image, 0, 0);
}

const grey = (level: number) => `rgb(${level} ${level} ${level})`;
