import { bodyProblems, queryProblems } from './strict-request.js';

const paths = (problems: readonly { readonly path: string }[]): string[] => problems.map(({ path }) => path);

describe('strict requests', () => {
  it('name every parameter of a query that is not read', () => {
    expect(paths(queryProblems({ page: '1', x: '2' }, false))).toEqual(['page', 'x']);
    expect(queryProblems({ page: '1', x: '2' }, true)).toEqual([]);
    expect(paths(queryProblems(JSON.parse('{"__proto__":"1","toString":"2","page":"3"}'), true))).toEqual([
      '__proto__',
      'toString',
    ]);
  });

  it('name every field of a body that is not read, and let an empty one pass', () => {
    expect(paths(bodyProblems({ reason: 'x', note: 'y' }, false))).toEqual(['reason', 'note']);
    expect(bodyProblems({}, false)).toEqual([]);
    expect(bodyProblems(undefined, false)).toEqual([]);
  });

  it.each([[null], [[]], [[{}]], ['text'], [5], [true]])('refuse the body %j', (body) => {
    expect(bodyProblems(body, true)).toEqual([{ path: 'body', message: 'must be a JSON object' }]);
    expect(bodyProblems(body, false)).toHaveLength(1);
  });

  it.each(['constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__'])('find a field %s', (name) => {
    expect(paths(bodyProblems({ a: 1, [name]: 2 }, true))).toEqual([name]);
    expect(paths(bodyProblems({ items: [{ quantity: 1 }, { [name]: {} }] }, true))).toEqual([`items.1.${name}`]);
    expect(bodyProblems({ a: name, items: [name] }, true)).toEqual([]);
  });

  it('refuse as a whole what would take long to be looked at one by one', () => {
    const wide = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`field${index}`, 1]));
    expect(paths(bodyProblems(wide, true))).toEqual(['body']);
    expect(paths(bodyProblems({ items: [wide] }, true))).toEqual(['items.0']);
    expect(paths(bodyProblems({ items: new Array(10_000).fill(1) }, true))).toEqual(['body']);
    expect(bodyProblems({ items: new Array(1_200).fill({ productId: 'x', quantity: 1 }) }, true)).toEqual([]);
    expect(paths(bodyProblems({ ['x'.repeat(10_000)]: 1 }, true))).toEqual(['x'.repeat(200)]);
  });
});
