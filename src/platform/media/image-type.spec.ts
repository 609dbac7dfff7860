import { imageTypeOf } from './image-type.js';

const box = (...brands: string[]): Buffer => {
  const body = Buffer.from(`ftyp${brands[0]}\0\0\0\0${brands.slice(1).join('')}`, 'latin1');
  const size = Buffer.alloc(4);
  size.writeUInt32BE(body.length + 4);
  return Buffer.concat([size, body, Buffer.from('rest of the file')]);
};

describe('a file is known by its first bytes', () => {
  it.each([
    ['jpeg', Buffer.from('ffd8ffe000104a4649460001', 'hex')],
    ['png', Buffer.from('89504e470d0a1a0a0000000d', 'hex')],
    ['gif', Buffer.from('GIF89a______')],
    ['gif', Buffer.from('GIF87a______')],
    ['webp', Buffer.from('RIFF____WEBPVP8 ')],
    ['avif', box('avif', 'mif1')],
    ['avif', box('mif1', 'miaf', 'avif')],
  ])('%s', (type, bytes) => expect(imageTypeOf(bytes)).toBe(type));

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['too little of a JPEG', Buffer.from('ffd8ff', 'hex')],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['HTML', Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['a WAVE sound', Buffer.from('RIFF____WAVEfmt ')],
    ['HEIC', box('heic', 'mif1')],
    ['a film', box('isom', 'mp41')],
    ['a brand that is the minor version', Buffer.concat([box('isom').subarray(0, 12), Buffer.from('avif')])],
    ['a box that claims to be endless', Buffer.from('ffffffff667479700000000000000000', 'hex')],
  ])('%s is none', (_, bytes) => expect(imageTypeOf(bytes)).toBeUndefined());
});
