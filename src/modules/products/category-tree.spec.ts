import { toTree } from './category-tree.js';

const row = (id: string, parent: string | null) => ({ id, slug: id, name: id, parent_id: parent });

test('rows become a tree whatever their order, and what has lost its parent a root', () => {
  const tree = toTree([row('leaf', 'branch'), row('branch', 'root'), row('root', null), row('stray', 'gone')]);
  const shape = (nodes: readonly { id: string; children: readonly object[] }[]): unknown =>
    nodes.map(({ id, children }) => [id, shape(children as never)]);
  expect(shape(tree)).toEqual([
    ['root', [['branch', [['leaf', []]]]]],
    ['stray', []],
  ]);
});
