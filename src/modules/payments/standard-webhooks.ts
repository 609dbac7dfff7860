import { createHmac, timingSafeEqual } from 'node:crypto';
import { WebhookSignatureInvalid } from './payments.errors.js';

/** How far the time of a webhook may be from ours, either way. */
export const TOLERANCE_SECONDS = 300;

/** The headers of a signed webhook (Standard Webhooks, https://www.standardwebhooks.com). */
export interface SignedHeaders {
  readonly 'webhook-id': string;
  /** Seconds since the epoch. */
  readonly 'webhook-timestamp': string;
  /** `v1,` and a signature in base64; several are separated by spaces. */
  readonly 'webhook-signature': string;
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The bytes of a secret: base64 after `whsec_`, any other text as it is. */
export function secretBytes(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
}

function signatureOf(secret: Buffer, id: string, timestamp: string, body: Buffer): Buffer {
  return createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest();
}

/** Signs a webhook. */
export function sign(secret: Buffer, id: string, at: Date, body: Buffer): SignedHeaders {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signature = signatureOf(secret, id, timestamp, body).toString('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

/**
 * Checks a webhook.
 * @returns its id
 * @throws {WebhookSignatureInvalid} naming the header that is at fault
 */
export function verify(secret: Buffer, headers: Headers, body: Buffer, now: Date): string {
  const id = headerOf(headers, 'webhook-id', /^[\x21-\x7e]{1,255}$/);
  const timestamp = headerOf(headers, 'webhook-timestamp', /^\d{1,12}$/);
  const signatures = headerOf(headers, 'webhook-signature', /^[\x20-\x7e]{1,2000}$/);
  const expected = signatureOf(secret, id, timestamp, body);
  const matches = signatures.split(' ').some((given) => isSignature(given, expected));
  if (!matches) throw new WebhookSignatureInvalid('webhook-signature', 'does not match the body');
  refuseOld('webhook-timestamp', Number(timestamp), now);
  return id;
}

/** @throws {WebhookSignatureInvalid} where a time, in seconds since the epoch, is too far from now */
export function refuseOld(header: string, seconds: number, now: Date): void {
  if (Math.abs(now.getTime() / 1_000 - seconds) <= TOLERANCE_SECONDS) return;
  throw new WebhookSignatureInvalid(header, `is more than ${TOLERANCE_SECONDS} seconds from now`);
}

function headerOf(headers: Headers, name: string, shape: RegExp): string {
  const value = headers[name];
  if (value === undefined || value === '') throw new WebhookSignatureInvalid(name, 'is missing');
  if (typeof value !== 'string' || !shape.test(value)) throw new WebhookSignatureInvalid(name, 'is malformed');
  return value;
}

function isSignature(given: string, expected: Buffer): boolean {
  if (!given.startsWith('v1,')) return false;
  const bytes = Buffer.from(given.slice(3), 'base64');
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}
