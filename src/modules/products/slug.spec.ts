import { newId } from '../../common/ids.js';
import { isSlug, slugCandidates, slugify } from './slug.js';

test.each([
  ['Stoneware mug, 350 ml', 'stoneware-mug-350-ml'],
  ['  Crème Brûlée  ', 'creme-brulee'],
  ['Größe ÆØÅ Łódź', 'grosse-aeoa-lodz'],
  ["Chef's knife", 'chefs-knife'],
  ['İstanbul', 'istanbul'],
  ['50% off & more!', '50-off-more'],
  ['ﬁne ²', 'fine-2'],
  ['茶碗', ''],
  ['---', ''],
  ['x'.repeat(100), 'x'.repeat(80)],
  [`${'x'.repeat(79)} y`, 'x'.repeat(79)],
])('%j becomes the slug %j', (name, slug) => {
  expect(slugify(name)).toBe(slug);
});

test('candidates go from the plain name to one that is unique for certain', () => {
  const id = newId();
  const tail = id.slice(-12);
  expect([...slugCandidates('Blue mug', 'MUG 1', id)]).toEqual(['blue-mug', 'blue-mug-mug-1', `blue-mug-${tail}`]);
  expect([...slugCandidates('茶碗', 'TEA-1', id)][0]).toBe('tea-1');
  expect([...slugCandidates('茶碗', '碗', id)]).toEqual([tail]);
});

test('a slug is never the word of a route, nor something that would be taken for an id', () => {
  const id = newId();
  expect([...slugCandidates('Import', 'I', id)][0]).toBe('import-i');
  expect([...slugCandidates(id, 'I', id)][0]).toBe(`${id}-i`);
  for (const slug of slugCandidates('Any name', 'ANY', id)) expect(isSlug(slug)).toBe(true);
});
