import { join } from 'node:path';
import { parseConfig } from '../../config/config.js';
import { Admissions } from '../http/admissions.js';
import type { Drawing } from './drawing.js';
import { Printer } from './printer.js';

const NOTO = join(process.cwd(), 'node_modules/@fontsource/noto-sans/files');

function printer(fonts: string): Printer {
  return new Printer(parseConfig({ DOCUMENT_FONTS: fonts }), new Admissions());
}

describe('the printer', () => {
  const ours = printer('');
  ours.onModuleInit();
  afterAll(() => ours.onApplicationShutdown());

  const drawing = async (text: string): Promise<Drawing> => {
    const { runs } = (await ours.lettering()).letter(text, 'regular');
    return {
      title: text,
      author: 'Tradepost',
      subject: '',
      createdAt: new Date('2026-11-21T10:00:00Z'),
      pages: [
        [
          ...runs.map((run) => ({ kind: 'text', size: 9, colour: '#000000', x: 50, y: 50, ...run }) as const),
          { kind: 'line', from: [0, 0], to: [9, 9], width: 1, colour: '#ff0000' },
          { kind: 'box', x: 0, y: 0, width: 9, height: 9, colour: '#00ff00' },
        ],
        [],
      ],
    };
  };

  it('writes Latin, Greek, Cyrillic, Vietnamese and Devanagari, and knows what it cannot', async () => {
    const lettering = await ours.lettering();
    for (const text of ['Žluťoučký €', 'Ωραία ἀρχή', 'Привет Ґ', 'Tiếng Việt', 'हिन्दी', '−12.50 · x']) {
      expect([text, lettering.letter(text, 'regular').isWhole, lettering.letter(text, 'bold').isWhole]).toEqual([
        text,
        true,
        true,
      ]);
    }
    expect(lettering.letter('日本', 'regular').isWhole).toBe(false);
  });

  it('gives the same bytes for the same drawing, others for another, with every page', async () => {
    const [first, again, other] = await Promise.all(
      ['Ж one', 'Ж one', 'Ж two'].map(async (text) => ours.print(await drawing(text))),
    );
    expect(first?.equals(again ?? Buffer.of())).toBe(true);
    expect(first?.equals(other ?? Buffer.of())).toBe(false);
    const file = first?.toString('latin1') ?? '';
    expect(file.match(/\/Type \/Page\n/g)).toHaveLength(2);
    expect(file).toContain('D:20261121100000Z');
  });

  it('embeds only what is used of the fonts', async () => {
    const [latin, both] = [await ours.print(await drawing('abc')), await ours.print(await drawing('abc где'))];
    const fonts = (file: Buffer): number => file.toString('latin1').match(/\/FontFile2/g)?.length ?? 0;
    expect([fonts(latin), fonts(both)]).toEqual([1, 2]);
    expect(latin.length).toBeLessThan(20_000);
  });

  it('takes more fonts, and says at once which it cannot read', async () => {
    expect(() => printer('/nowhere/font.ttf').onModuleInit()).toThrow('DOCUMENT_FONTS names a file');
    const broken = printer(join(process.cwd(), 'package.json'));
    broken.onModuleInit();
    await expect(broken.lettering()).rejects.toThrow();
    await broken.onApplicationShutdown();
    const more = printer(`${NOTO}/noto-sans-latin-400-italic.woff`);
    more.onModuleInit();
    const { runs } = (await more.lettering()).letter('abc', 'regular');
    expect(runs).toMatchObject([{ text: 'abc' }]);
    await more.onApplicationShutdown();
  });
});
