import { isAttributes, isImage } from './product.fields.js';

test.each(['https://cdn.example/a.png', 'HTTP://cdn.example/a', '/images/a.webp', 'a.jpg', 'a/b.png?x=1:2'])(
  '%s names an image',
  (text) => {
    expect(isImage(text)).toBe(true);
  },
);

test.each([
  '',
  'javascript:alert(1)',
  'data:image/png;base64,AA',
  '//elsewhere.example/a',
  'http://',
  'a b.png',
  'a".png',
  'x'.repeat(2_001),
])('%j names none', (text) => {
  expect(isImage(text)).toBe(false);
});

test('attributes are a flat object of texts', () => {
  expect(isAttributes({ colour: 'blue' })).toBe(true);
  for (const value of [null, [], 'a', { a: 1 }, { a: null }, { a: { b: 'c' } }, { a: '\u0000' }]) {
    expect(isAttributes(value)).toBe(false);
  }
  expect(isAttributes(Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, 'v'])))).toBe(false);
});
