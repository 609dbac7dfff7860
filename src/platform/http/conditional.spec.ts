import { isNoneMatch, preconditionOf } from './conditional.js';

test.each([
  ['"a"', true],
  ['W/"a"', true],
  ['"b", W/"a"', true],
  ['"b","a"', true],
  [' * ', true],
  ['"b"', false],
  ['a', false],
  ['"a', false],
  ['', false],
  [undefined, false],
])('If-None-Match %j names "a": %p', (header, named) => {
  expect(isNoneMatch(header, '"a"')).toBe(named);
});

test.each([
  [undefined, undefined],
  ['*', undefined],
  ['"a"', ['"a"']],
  ['"a", "b"', ['"a"', '"b"']],
  ['W/"a", "b"', ['"b"']],
  ['W/"a"', []],
  ['a', []],
  ['', []],
])('If-Match %j asks for %j', (header, tags) => {
  expect(preconditionOf(header)).toEqual(tags);
});
