import { changeOf } from './audit-changes.js';

describe('changeOf', () => {
  it('keeps the fields that differ, also where one state lacks them', () => {
    const before = { name: 'Old', price: '1.00', tags: ['a', 'b'], gone: 1 };
    const after = { name: 'New', price: '1.00', tags: ['a', 'b'], come: 2 };
    expect(changeOf(before, after)).toEqual({ before: { name: 'Old', gone: 1 }, after: { name: 'New', come: 2 } });
  });

  it('keeps all of a thing that was made or taken away', () => {
    expect(changeOf(undefined, { name: 'New' })).toEqual({ before: null, after: { name: 'New' } });
    expect(changeOf({ name: 'Old' }, undefined)).toEqual({ before: { name: 'Old' }, after: null });
    expect(changeOf(undefined, undefined)).toEqual({ before: null, after: null });
  });

  it.each(['password', 'newPassword', 'passwordHash', 'refreshToken', 'clientSecret', 'key'])(
    'leaves out %s',
    (name) => {
      expect(changeOf({ [name]: 'a', role: 'x' }, { [name]: 'b', role: 'y' })).toEqual({
        before: { role: 'x' },
        after: { role: 'y' },
      });
    },
  );
});
