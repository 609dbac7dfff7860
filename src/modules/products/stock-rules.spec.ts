import { checkMovement } from './stock-rules.js';

test.each([
  [1, 'receipt'],
  [1, 'return'],
  [1, 'adjustment'],
  [-1, 'adjustment'],
] as const)('%d is a fit %s', (delta, reason) => {
  expect(() => checkMovement(delta, reason)).not.toThrow();
});

test.each([
  [0, 'adjustment'],
  [-1, 'receipt'],
  [-1, 'return'],
] as const)('%d is no %s', (delta, reason) => {
  expect(() => checkMovement(delta, reason)).toThrow(expect.objectContaining({ kind: 'invalid' }));
});
