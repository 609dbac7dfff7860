import sharp, { type Sharp } from 'sharp';

type Format = 'jpeg' | 'png' | 'webp' | 'gif' | 'avif' | 'tiff';

let made = 0;

/** A picture that nobody has uploaded yet: a ramp of its own colour. */
export function drawing(width: number, height: number): Sharp {
  made += 1;
  const [r, g, b] = [made % 256, (made >> 8) % 256, 200];
  const pixels = Buffer.alloc(width * height * 3);
  for (let at = 0; at < width * height; at += 1) {
    pixels[at * 3] = r;
    pixels[at * 3 + 1] = (g + Math.floor(((at % width) / width) * 200)) % 256;
    pixels[at * 3 + 2] = b;
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** A picture as a file. */
export const picture = (format: Format, width = 60, height = 40): Promise<Buffer> =>
  drawing(width, height).toFormat(format).toBuffer();
