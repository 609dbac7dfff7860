import { setTimeout as delay } from 'node:timers/promises';
import type { TestUser } from '../factories/customer.js';
import type { TestApp } from './app.js';

export interface ImportState {
  readonly id: string;
  readonly status: string;
  readonly processed: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly failure: { readonly code: string; readonly line: number | null; readonly message: string } | null;
}

interface UploadOptions {
  readonly query?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a file to be imported. */
export function upload(
  shop: Pick<TestApp, 'url'>,
  { bearer }: TestUser,
  body: string | Buffer,
  { query = '', headers = {} }: UploadOptions = {},
): Promise<Response> {
  return fetch(`${shop.url}/api/products/import${query}`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv', ...bearer, ...headers },
    body,
  });
}

/** A file has more to do than a request. */
const PATIENCE_MS = 50_000;

/** The import once it has ended. */
export async function ended(shop: Pick<TestApp, 'url'>, { bearer }: TestUser, id: string): Promise<ImportState> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await fetch(`${shop.url}/api/imports/${id}`, { headers: bearer });
    const state = (await answer.json()) as ImportState;
    if (['completed', 'failed'].includes(state.status) || Date.now() > end) return state;
    await delay(50);
  }
}

/** Sends a file and waits until it is imported. */
export async function importFile(
  shop: Pick<TestApp, 'url'>,
  staff: TestUser,
  body: string | Buffer,
  options?: UploadOptions,
): Promise<ImportState> {
  const answer = await upload(shop, staff, body, options);
  expect(answer.status).toBe(202);
  return ended(shop, staff, ((await answer.json()) as ImportState).id);
}
