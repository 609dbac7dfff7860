import { IncomingMessage, ServerResponse, validateHeaderName, validateHeaderValue } from 'node:http';
import { Socket } from 'node:net';

/** What Node keeps of a head until it is sent; not part of its documented interface. */
interface WithHead {
  _header?: unknown;
}

const END = '\r\n';
const SECOND = 1_000;

/** Whether this Node sends as a head what stands there. */
const TAKES_TEXT = ((): boolean => {
  const probe: ServerResponse & WithHead = new ServerResponse(new IncomingMessage(new Socket()));
  if (probe._header !== null) return false;
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
 * Writes heads that are finished text but for what belongs to the moment and the connection. Node checks and joins each
 * field of each head anew: with the twenty that an answer has here, that is a quarter of what a small answer costs. So
 * the usual head, of a 200 on a connection that stays open, is handed over whole; every other one Node makes itself.
 */
export class HeadWriter {
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
   * @param now in milliseconds since the epoch
   */
  write(response: ServerResponse & WithHead, status: number, lines: string, now: number): void {
    const isUsual = status === 200 && response.shouldKeepAlive && response.req.headers.expect === undefined;
    if (isUsual && TAKES_TEXT && response.getHeaderNames().length === 0)
      response._header = `HTTP/1.1 200 OK${END}${lines}${this.dateLine(now)}${this.persistence}${END}`;
    else response.writeHead(status, fieldsOf(lines));
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
