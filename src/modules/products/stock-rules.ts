import { InvalidInput } from '../../common/domain-error.js';

/** Reasons of movements that people write; `sale` and `release` belong to sales. */
export const MANUAL_REASONS = ['receipt', 'adjustment', 'return'] as const;
export type ManualReason = (typeof MANUAL_REASONS)[number];

/**
 * A movement moves something, and goods that come in add to the stock.
 * @throws {InvalidInput} naming `delta`
 */
export function checkMovement(delta: number, reason: ManualReason): void {
  if (delta === 0) throw InvalidInput.field('delta', 'must not be 0');
  if (delta < 0 && reason !== 'adjustment') throw InvalidInput.field('delta', `must be more than 0 for a ${reason}`);
}
