import { excessOf, expiryProblem } from './key-terms.js';

describe('the permissions of a new key', () => {
  const held = new Set(['sales:read', 'api-keys:write']);

  it.each([
    ['some of its maker’s', ['sales:read'], false, undefined],
    ['all of its maker’s', ['sales:read', 'api-keys:write'], false, undefined],
    ['one that its maker lacks', ['sales:read', 'users:write'], false, /users:write/],
    ['a machine’s own', ['sales:read'], true, undefined],
    ['that to make keys, by a machine', ['api-keys:write'], true, /api-keys:write/],
  ])('may or may not be %s', (_, wanted, byMachine, problem) => {
    const excess = excessOf(wanted, held, byMachine);
    if (problem === undefined) expect(excess).toBeUndefined();
    else expect(excess).toMatch(problem);
  });
});

describe('the expiry of a new key', () => {
  const at = (second: number): Date => new Date(second * 1_000);

  it.each([
    ['never', null, null, undefined],
    ['in the future', at(11), null, undefined],
    ['now', at(10), null, /future/],
    ['in the past', at(9), null, /future/],
    ['with the key that makes it', at(20), at(20), undefined],
    ['after the key that makes it', at(21), at(20), /later/],
  ])('is possible or not %s', (_, expiresAt, latest, problem) => {
    const found = expiryProblem(expiresAt, at(10), latest);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(problem);
  });
});
