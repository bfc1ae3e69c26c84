import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

/** Of the pixels: edges of letters and lines may fall differently. */
const MAX_DIFFERENT_SHARE = 0.004;
const PIXEL_THRESHOLD = 0.15;

/** Folder of the pictures that the page must look like. */
const GOLDEN = new URL('golden/', import.meta.url);

/**
 * Compares a picture with the golden one of its name. Where they differ, the new one is left beside it as
 * `NAME.actual.png`; with UPDATE_GOLDEN=1 it replaces the old one. Gives the share of pixels that differ.
 */
export function compareWithGolden(name: string, picture: Buffer): number {
  const golden = fileURLToPath(new URL(`${name}.png`, GOLDEN));
  const actual = fileURLToPath(new URL(`${name}.actual.png`, GOLDEN));
  mkdirSync(dirname(golden), { recursive: true });
  if (process.env['UPDATE_GOLDEN'] === '1') {
    writeFileSync(golden, picture);
  }
  if (!existsSync(golden)) {
    throw new Error(
      `there is no picture ${name} to compare with: run UPDATE_GOLDEN=1 npm run test:gallery`,
    );
  }
  const share = differentShare(PNG.sync.read(readFileSync(golden)), PNG.sync.read(picture));
  rmSync(actual, { force: true });
  if (share > MAX_DIFFERENT_SHARE) {
    writeFileSync(actual, picture);
  }
  return share;
}

export function isAlike(share: number): boolean {
  return share <= MAX_DIFFERENT_SHARE;
}

function differentShare(a: PNG, b: PNG): number {
  if (a.width !== b.width || a.height !== b.height) {
    return 1;
  }
  const { width, height } = a;
  const different = pixelmatch(a.data, b.data, undefined, width, height, {
    threshold: PIXEL_THRESHOLD,
  });
  return different / (width * height);
}

/** How many different colors a picture has: a blank one has a handful. */
export function countColors(picture: Buffer): number {
  const { data } = PNG.sync.read(picture);
  const colors = new Set<number>();
  for (let i = 0; i < data.length; i += 4) {
    colors.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
  }
  return colors.size;
}
