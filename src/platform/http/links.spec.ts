import { pageLinks } from './links.js';

test.each([
  [
    'the first of several',
    '/api/things',
    { page: 1, perPage: 20, nextCursor: 'c' },
    '</api/things?page=2>; rel="next"',
  ],
  ['the last', '/api/things?page=3', { page: 3, perPage: 20, nextCursor: null }, '</api/things?page=2>; rel="prev"'],
  ['the only one', '/api/things', { page: 1, perPage: 20, nextCursor: null }, undefined],
  [
    'one by cursor',
    '/api/things?cursor=&q=a',
    { perPage: 20, nextCursor: 'c' },
    '</api/things?q=a&cursor=c>; rel="next"',
  ],
  [
    'one so deep that only a cursor leads on',
    '/api/things?page=101&perPage=100',
    { page: 101, perPage: 100, nextCursor: 'c' },
    '</api/things?perPage=100&cursor=c>; rel="next", </api/things?perPage=100&page=100>; rel="prev"',
  ],
])('%s links to its neighbours', (_, url, position, links) => {
  expect(pageLinks(url, position)).toBe(links);
});

test('nothing that a client sends breaks out of a link', () => {
  const links = pageLinks('/api/things?q=%3E%3B%20rel%3D%22prev%22%0D%0AX:%201&z=">', {
    page: 1,
    perPage: 1,
    nextCursor: 'c',
  });
  expect(links).toMatch(/^<[^<>"\s]+>; rel="next"$/);
});
