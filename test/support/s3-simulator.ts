import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export const S3_KEY = 'AKIDEXAMPLE';
export const S3_SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
export const S3_BUCKET = 'pictures';
export const S3_REGION = 'eu-central-1';

interface StoredObject {
  readonly bytes: Buffer;
  readonly type: string | undefined;
}

/** A service that keeps objects as S3 does, addressed by path, for who signs requests with the right key. */
export interface S3Simulator {
  readonly url: string;
  readonly objects: Map<string, StoredObject>;
  /** `PUT 200 /pictures/media/…`, in the order of the answers. */
  readonly log: string[];
  /** Answers the next requests with this status instead. */
  failing: number | undefined;
  close(): Promise<void>;
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

/** AWS Signature Version 4, header form: what the request must be signed with. */
function signatureOf(request: IncomingMessage, signed: readonly string[], scope: string): string {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://s3');
  const query = [...searchParams].map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(v)}`).sort();
  const headers = signed.map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`).join('');
  const payload = String(request.headers['x-amz-content-sha256']);
  const canonical = [request.method, pathname, query.join('&'), headers, signed.join(';'), payload].join('\n');
  const [date = '', region = '', service = ''] = scope.split('/');
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${S3_SECRET}`);
  return hmac(key, text).toString('hex');
}

function isSigned(request: IncomingMessage, body: Buffer): boolean {
  const header = request.headers.authorization ?? '';
  const [, key, scope = '', names = '', given = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(header) ??
    [];
  if (key !== S3_KEY || scope.split('/')[1] !== S3_REGION || scope.split('/')[2] !== 's3') return false;
  if (!names.split(';').includes('host')) return false;
  const payload = request.headers['x-amz-content-sha256'];
  if (payload !== sha256(body) && payload !== 'UNSIGNED-PAYLOAD') return false;
  return timingSafeEqual(Buffer.from(given), Buffer.from(signatureOf(request, names.split(';'), scope)));
}

function refuse(reply: ServerResponse, status: number, code: string): number {
  reply.writeHead(status, { 'content-type': 'application/xml' }).end(`<Error><Code>${code}</Code></Error>`);
  return status;
}

export async function startS3(): Promise<S3Simulator> {
  const objects = new Map<string, StoredObject>();
  const log: string[] = [];
  const simulator = { objects, log, failing: undefined as number | undefined };

  function answer(request: IncomingMessage, body: Buffer, reply: ServerResponse): number {
    const path = new URL(request.url ?? '/', 'http://s3').pathname;
    if (simulator.failing !== undefined) return refuse(reply, simulator.failing, 'ServiceUnavailable');
    if (!isSigned(request, body)) return refuse(reply, 403, 'SignatureDoesNotMatch');
    if (!path.startsWith(`/${S3_BUCKET}/`)) return refuse(reply, 404, 'NoSuchBucket');
    const key = decodeURIComponent(path.slice(S3_BUCKET.length + 2));
    const found = objects.get(key);
    if (request.method === 'PUT') {
      objects.set(key, { bytes: body, type: request.headers['content-type'] });
      reply.writeHead(200, { etag: `"${sha256(body).slice(0, 32)}"` }).end();
      return 200;
    }
    if (request.method === 'DELETE') {
      objects.delete(key);
      reply.writeHead(204).end();
      return 204;
    }
    if (found === undefined) return refuse(reply, 404, 'NoSuchKey');
    reply.writeHead(200, { 'content-type': found.type, 'content-length': found.bytes.length });
    reply.end(request.method === 'HEAD' ? undefined : found.bytes);
    return 200;
  }

  const server = createServer(async (request, reply) => {
    const status = answer(request, await buffer(request), reply);
    log.push(`${request.method} ${status} ${request.url?.split('?')[0]}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return Object.assign(simulator, { url, close });
}
