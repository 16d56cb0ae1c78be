import { code128, qrcode } from 'bwip-js/generic';

export type CodeKind = 'qr' | 'code128';

/** A printed code as one SVG path, quiet zone included; not as markup, so that no HTML has to be trusted. */
export interface CodePath {
  width: number;
  height: number;
  path: string;
}

/** Units that bwip-js draws per module at scale 1, and the standards' quiet zones, in modules. */
const qrUnits = 2;
const quietModules: Record<CodeKind, number> = { qr: 4, code128: 10 };

/**
 * Draws `text` as a QR code (ISO/IEC 18004, level M by bwip-js's default) or Code 128; `undefined` if it does
 * not fit.
 */
export function codePath(kind: CodeKind, text: string): CodePath | undefined {
  try {
    return kind === 'qr'
      ? qrcode({ bcid: 'qrcode', text, scale: 1 }, drawing(quietModules.qr * qrUnits, true))
      : code128({ bcid: 'code128', text, scale: 1, height: 10 }, drawing(quietModules.code128, false));
  } catch {
    // bwip-js throws for texts that are empty, too long, or with characters that the code doesn't have.
    return undefined;
  }
}

/**
 * bwip-js's drawing interface, as far as these two codes use it: polygons for QR, vertical lines for bars.
 */
function drawing(quiet: number, isQuietAbove: boolean) {
  const above = isQuietAbove ? quiet : 0;
  const parts: string[] = [];
  const size = { width: 0, height: 0 };
  const nothing = () => undefined;
  return {
    scale: () => null,
    measure: () => ({ width: 0, ascent: 0, descent: 0 }),
    init(width: number, height: number) {
      size.width = width + 2 * quiet;
      size.height = height + 2 * above;
    },
    line(x: number, from: number, _x: number, to: number, thickness: number) {
      // The line is the middle of the bar, rounded up.
      const left = x - Math.ceil(thickness / 2) + quiet;
      const top = Math.min(from, to) + above;
      parts.push(`M${left} ${top}h${thickness}v${Math.abs(from - to)}h${-thickness}z`);
    },
    polygon(points: [number, number][]) {
      parts.push(`M${points.map(([x, y]) => `${x + quiet} ${y + above}`).join('L')}z`);
    },
    hexagon: nothing,
    ellipse: nothing,
    text: nothing,
    fill: nothing,
    end: (): CodePath => ({ ...size, path: parts.join('') }),
  };
}
