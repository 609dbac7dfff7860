import { ReplicaSession } from '../../src/platform/coherence/replica-session.js';
import type { TestApp } from './app.js';

/**
 * Has an application trust its memory however long this process is held up. One whose lease has run out asks the
 * database, as it should; what a test tells of hits and of the number of reads is about one that is not held up.
 * Only for an application that no other one writes beside. Gives what takes it back.
 */
export function neverHeldUp({ app }: TestApp): () => void {
  const session = app.get(ReplicaSession, { strict: false });
  Object.defineProperty(session, 'leased', { value: true, configurable: true });
  return () => void Reflect.deleteProperty(session, 'leased');
}

/** Has an application know what SQL has changed by now, which it would learn of a moment later, and spoil what it keeps. */
export async function learnt({ app }: TestApp): Promise<void> {
  expect(await app.get(ReplicaSession, { strict: false }).validate()).toBe(true);
}
