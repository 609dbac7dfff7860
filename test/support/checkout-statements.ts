import type { Response } from 'supertest';
import { Database } from '../../src/platform/database/database.js';
import type { Statement } from '../../src/platform/database/statement.js';
import type { TestApp } from './app.js';

// Those of jobs may come in between.
const OF_A_CHECKOUT = /^(checkout|promotions|shipping|taxes|carts|products|users)\./;

/** Waits for the answer of a checkout, and tells the names of the statements that it took. */
export async function watchCheckout(shop: TestApp, answer: PromiseLike<Response>) {
  const run = jest.spyOn(shop.app.get(Database), 'run');
  try {
    const { status, body } = await answer;
    const names = run.mock.calls.map(([{ name }]: [Statement, ...unknown[]]) => name);
    return { status, body, statements: names.filter((name) => OF_A_CHECKOUT.test(name)) };
  } finally {
    run.mockRestore();
  }
}
