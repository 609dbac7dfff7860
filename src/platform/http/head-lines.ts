import { IncomingMessage, ServerResponse, STATUS_CODES, validateHeaderName, validateHeaderValue } from 'node:http';
import { Socket } from 'node:net';
import type { FinishedJson } from './conditional.js';

/** What Node keeps of a head, and whether it was sent; not part of its documented interface. */
interface WithHead {
  _header?: unknown;
  _headerSent?: unknown;
}

const END = '\r\n';
const SECOND = 1_000;
/** Node writes a text up to 16 KB at once, without memory of its own for it. */
const MOST_AT_ONCE = 14_000;

/** Whether this Node leaves a head alone that was sent past it, and sends one that stands there. */
const TAKES_TEXT = ((): boolean => {
  const probe: ServerResponse & WithHead = new ServerResponse(new IncomingMessage(new Socket()));
  if (probe._header !== null || probe._headerSent !== false) return false;
  probe._header = END;
  return probe.headersSent;
})();

/**
 * Fields as they stand in a head, each with the end of its line.
 * @param fields names and values by turns
 * @throws {TypeError} where one may not stand there
 */
export function headLines(fields: readonly string[]): string {
  let lines = '';
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [name = '', value = ''] = fields.slice(at, at + 2);
    validateHeaderName(name);
    validateHeaderValue(name, value);
    lines += `${name}: ${value}${END}`;
  }
  return lines;
}

function fieldsOf(lines: string): string[] {
  const each = lines.split(END).slice(0, -1);
  return each.flatMap((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
}

/**
 * Sends answers whose heads are finished text but for what belongs to the moment and the connection. Node checks and
 * joins each field of each head anew, and hands head, body and end over as three parts: with the twenty fields that an
 * answer has here, that is half of what a small one costs. So the usual answer, on a connection that stays open and whose
 * turn it is, is written as one text; every other one Node puts together itself.
 */
export class AnswerWriter {
  private readonly persistence: string;
  private date = '';
  private dateSecond = -1;

  /** @param keepAliveMs how long the server keeps a connection on which nothing comes */
  constructor(keepAliveMs: number) {
    const seconds = Math.floor(keepAliveMs / SECOND);
    this.persistence = headLines(['Connection', 'keep-alive', 'Keep-Alive', `timeout=${seconds}`]);
  }

  /**
   * @param lines of {@link headLines}, not checked any more; with the length of the body, where there is one
   * @param answer whose body is sent; undefined for the head alone
   * @param now in milliseconds since the epoch
   */
  send(
    response: ServerResponse & WithHead,
    status: 200 | 304,
    lines: string,
    answer: FinishedJson | undefined,
    now: number,
  ): void {
    const isUsual = response.shouldKeepAlive && response.req.headers.expect === undefined;
    if (!isUsual || !TAKES_TEXT || response.getHeaderNames().length > 0) {
      response.writeHead(status, fieldsOf(lines)).end(answer?.body);
      return;
    }
    const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}${END}${lines}${this.dateLine(now)}${this.persistence}${END}`;
    response.statusCode = status;
    response._header = head;
    // Without a socket, it has to wait for answers to earlier requests.
    const { socket } = response;
    if (socket?.writable && (answer === undefined || answer.body.length <= MOST_AT_ONCE)) {
      response._headerSent = true;
      socket.write(answer === undefined ? head : head + textOf(answer), 'latin1');
      response.end();
    } else response.end(answer?.body);
  }

  private dateLine(now: number): string {
    const second = Math.floor(now / SECOND);
    if (second !== this.dateSecond) {
      this.date = headLines(['Date', new Date(now).toUTCString()]);
      this.dateSecond = second;
    }
    return this.date;
  }
}

/** The bytes of a body as characters. */
function textOf(answer: FinishedJson): string {
  answer.text ??= answer.body.toString('latin1');
  return answer.text;
}
