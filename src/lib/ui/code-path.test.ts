import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { readBarcodes, prepareZXingModule } from 'zxing-wasm/reader';
import { beforeAll, describe, expect, it } from 'vitest';
import { codePath, type CodePath } from './code-path';

/** Pixels per unit: as a camera sees a card held close. */
const scale = 2;

/** Paints a path of straight lines, filled by the even-odd rule, dark on light. */
function painted({ width, height, path }: CodePath) {
  const polygons = path
    .split('z')
    .filter(Boolean)
    .map((part) => pointsOf(part));
  const image = { width: width * scale, height: height * scale };
  const data = new Uint8ClampedArray(image.width * image.height * 4).fill(255);
  for (let y = 0; y < image.height; y += 1) {
    for (let x = 0; x < image.width; x += 1) {
      const isDark =
        polygons.filter((points) => isInside(points, (x + 0.5) / scale, (y + 0.5) / scale)).length % 2;
      if (isDark) data.fill(0, (y * image.width + x) * 4, (y * image.width + x) * 4 + 3);
    }
  }
  return { ...image, data, colorSpace: 'srgb' as const };
}

type Point = [x: number, y: number];

function pointsOf(part: string): Point[] {
  const [first = '', ...rest] = part.slice(1).split(/(?=[Lhv])/);
  const points: Point[] = [pair(first)];
  for (const step of rest) {
    const [x, y] = points.at(-1) ?? [0, 0];
    const value = step.slice(1);
    if (step.startsWith('h')) points.push([x + Number(value), y]);
    else if (step.startsWith('v')) points.push([x, y + Number(value)]);
    else points.push(pair(value));
  }
  return points;
}

function pair(text: string): Point {
  const [x = NaN, y = NaN] = text.split(' ').map(Number);
  return [x, y];
}

function isInside(points: Point[], x: number, y: number): boolean {
  return points.reduce((inside, [x1, y1], index) => {
    const [x2, y2] = points[(index + 1) % points.length] ?? [0, 0];
    return y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1 ? !inside : inside;
  }, false);
}

describe('a printed code', () => {
  beforeAll(async () => {
    const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
    const { buffer } = new Uint8Array(readFileSync(wasm));
    await prepareZXingModule({ overrides: { wasmBinary: buffer as ArrayBuffer }, fireImmediately: true });
  });

  it.each([
    ['qr', 'QRCode', '20240013'],
    ['qr', 'QRCode', 'https://tiski.example.com/setup#code=ABCD-2345-EFGH'],
    ['qr', 'QRCode', 'Lehtoranta – ä ö å'],
    ['code128', 'Code128', '20240013'],
    ['code128', 'Code128', 'LR004711'],
  ] as const)('of kind %s is read as %s: %s', async (kind, format, text) => {
    const code = codePath(kind, text);
    expect(code).toBeDefined();
    if (!code) return;
    const results = await readBarcodes(painted(code));
    expect(results.map((result) => [result.format, result.text])).toEqual([[format, text]]);
  });

  it('is undefined for a text that no code can hold', () => {
    expect(codePath('qr', 'x'.repeat(5000))).toBeUndefined();
    expect(codePath('qr', '')).toBeUndefined();
  });
});
