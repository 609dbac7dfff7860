import { newId } from '../../../common/ids.js';
import { membershipOf } from './variant-rules.js';

const id = newId();

test('the first member decides what all differ in, whatever the order it names it in', () => {
  const options = { size: 'M', colour: 'blue' };
  expect(membershipOf(id, null, options)).toEqual({ groupId: id, optionNames: ['colour', 'size'], options });
  expect(membershipOf(id, ['colour', 'size'], options).options).toEqual(options);
});

test.each([
  ['none', null, {}],
  ['one too few', ['colour', 'size'], { colour: 'blue' }],
  ['one too many', ['colour'], { colour: 'blue', size: 'M' }],
  ['another spelling', ['colour'], { Colour: 'blue' }],
  ['six', null, { a: '1', b: '1', c: '1', d: '1', e: '1', f: '1' }],
  ['an empty value', null, { colour: '' }],
  ['a value with white space around it', null, { colour: ' blue' }],
  ['an empty name', null, { '': 'blue' }],
  ['a long name', null, { ['x'.repeat(41)]: 'blue' }],
  ['a long value', null, { colour: 'x'.repeat(61) }],
])('refuses %s', (_, names, options) => {
  expect(() => membershipOf(id, names, options)).toThrow(
    expect.objectContaining({ problems: [expect.objectContaining({ path: 'options' })] }),
  );
});
