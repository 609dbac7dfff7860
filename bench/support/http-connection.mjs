import { once } from 'node:events';
import { connect } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
/** @type {Buffer} */
const EMPTY = Buffer.alloc(0);
const ANSWER_LIMIT_MS = 60_000;

/**
 * @typedef {{ status: number, head: string, body: Buffer }} HttpAnswer
 * @typedef {{ method: string, path: string, headers?: Record<string, string>, json?: unknown }} HttpRequest
 */

/**
 * One keep-alive HTTP/1.1 connection that carries one request at a time.
 *
 * The generator shares two cores with the servers it measures, so its own cost falls on the result. This client does
 * what a measurement needs and no more: it frames an answer by its length or its chunks (RFC 9112 section 6.3).
 */
export class HttpConnection {
  /** @type {import('node:net').Socket | undefined} */
  #socket;
  /** @type {{ resolve: (answer: HttpAnswer) => void, reject: (error: Error) => void } | undefined} */
  #waiting;
  /** @type {Buffer} */
  #received = EMPTY;
  #closed = false;

  /** @param {string} origin for example `http://127.0.0.1:3000` */
  constructor(origin) {
    const { hostname, port, protocol, host } = new URL(origin);
    if (protocol !== 'http:') throw new Error(`only http: is spoken here, not ${protocol}`);
    this.hostname = hostname;
    this.port = Number(port || 80);
    this.host = host;
  }

  /**
   * The bytes of a request, so that a request sent many times is encoded once.
   * @param {HttpRequest} request
   */
  encode({ method, path, headers = {}, json }) {
    const body = json === undefined ? EMPTY : Buffer.from(JSON.stringify(json));
    let head = `${method} ${path} HTTP/1.1\r\nhost: ${this.host}\r\n`;
    for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`;
    if (json !== undefined) head += `content-type: application/json\r\ncontent-length: ${body.length}\r\n`;
    return Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), body]);
  }

  /**
   * @param {HttpRequest} request
   * @returns {Promise<HttpAnswer>}
   */
  request(request) {
    return this.send(this.encode(request));
  }

  /**
   * @param {Buffer} bytes a request made by {@link encode}
   * @returns {Promise<HttpAnswer>}
   */
  send(bytes) {
    if (this.#closed) return Promise.reject(new Error('the connection is closed'));
    if (this.#waiting !== undefined) return Promise.reject(new Error('a request is already under way'));
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket ??= this.#open();
      this.#socket.write(bytes);
    });
  }

  /** Connects before the first request is sent. */
  async open() {
    this.#socket ??= this.#open();
    if (this.#socket.connecting) await once(this.#socket, 'connect');
  }

  close() {
    this.#closed = true;
    this.#socket?.destroy();
  }

  #open() {
    const socket = connect({ host: this.hostname, port: this.port, noDelay: true });
    socket.setTimeout(ANSWER_LIMIT_MS, () => socket.destroy(new Error('no answer within 60 s')));
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => this.#lose(socket, error));
    socket.on('close', () => this.#lose(socket, new Error('the server closed the connection before it answered')));
    return socket;
  }

  /**
   * A server may close an idle connection at any time; the next request then opens a new one.
   * @param {import('node:net').Socket} socket
   * @param {Error} error
   */
  #lose(socket, error) {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    this.#received = EMPTY;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(new Error(`${this.host}: ${error.message}`, { cause: error }));
  }

  /** @param {Buffer} chunk */
  #receive(chunk) {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const answer = this.#parse();
    if (answer === undefined || this.#waiting === undefined) return;
    this.#received = EMPTY;
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    if (/\r\nconnection: *close/i.test(answer.head)) {
      this.#socket?.destroy();
      this.#socket = undefined;
    }
    resolve(answer);
  }

  #parse() {
    try {
      return parseAnswer(this.#received);
    } catch (error) {
      this.#socket?.destroy(error instanceof Error ? error : new Error(String(error)));
      return undefined;
    }
  }
}

/**
 * @param {Buffer} bytes what has arrived since the request was sent
 * @returns {HttpAnswer | undefined} undefined while the answer is incomplete
 */
export function parseAnswer(bytes) {
  const headLength = bytes.indexOf(HEAD_END);
  if (headLength < 0) return undefined;
  const head = bytes.toString('latin1', 0, headLength);
  const status = Number(head.slice(9, 12));
  const bodyStart = headLength + HEAD_END.length;
  if (status === 204 || status === 304) return { status, head, body: EMPTY };
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const end = bodyStart + Number(length);
    return bytes.length < end ? undefined : { status, head, body: bytes.subarray(bodyStart, end) };
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) throw new Error(`an answer without a length:\n${head}`);
  const body = parseChunks(bytes, bodyStart);
  return body === undefined ? undefined : { status, head, body };
}

/**
 * @param {Buffer} bytes
 * @param {number} start
 */
function parseChunks(bytes, start) {
  const chunks = [];
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf(LINE_END, at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const dataStart = lineEnd + LINE_END.length;
    at = dataStart + size + LINE_END.length;
    if (bytes.length < at) return undefined;
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(bytes.subarray(dataStart, dataStart + size));
  }
}

/**
 * The JSON of a successful answer. A measurement of failing requests measures nothing, so anything else throws.
 * @param {HttpAnswer} answer
 * @param {string} what the request, for the message
 */
export function expectJson(answer, what) {
  if (answer.status < 200 || answer.status > 299) {
    throw new Error(`${what} answered ${answer.status}: ${answer.body.toString('utf8').slice(0, 2000)}`);
  }
  return answer.body.length === 0 ? undefined : JSON.parse(answer.body.toString('utf8'));
}
