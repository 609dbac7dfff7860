import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { newId } from '../../common/ids.js';
import type { Problem } from './problem.js';

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

const MALFORMED: Refusal = { status: 400, code: 'malformed_request', detail: 'This is not a request of HTTP/1.1.' };

/** What Node's parser and its timers refuse for reasons of their own, by the code of their error. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, code: 'request_timeout', detail: 'The request took too long to arrive.' },
  HPE_HEADER_OVERFLOW: { status: 431, code: 'headers_too_large', detail: 'The header of the request is too large.' },
};

/** The whole answer to what Node could not read as a request: problem details (RFC 9457), and the end of the connection. */
export function clientErrorAnswer(errorCode: string, requestId: string): string {
  const { status, code, detail } = REFUSALS[errorCode] ?? MALFORMED;
  const title = STATUS_CODES[status] ?? 'Bad Request';
  const problem: Problem = { type: 'about:blank', title, status, detail, instance: '/', code, requestId };
  const body = JSON.stringify(problem);
  const header = [
    `HTTP/1.1 ${status} ${title}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Cache-Control: no-store',
    'Connection: close',
  ];
  return `${header.join('\r\n')}\r\n\r\n${body}`;
}

/** Answers, where somebody still listens, what never became a request. */
export function refuseClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) socket.write(clientErrorAnswer(error.code ?? '', newId()));
  socket.destroy(error);
}
